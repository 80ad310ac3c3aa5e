"""The small company with units, currencies and supply: what a contract with all of them says."""

WITH_UNITS = """\
system: erp
description: A system whose quantities state their unit.
kind: erp
priority: 1
extracts:
  customers:
    path: erp/customers_*.csv
    description: Customers.
    key: [id]
    columns: {id: text, name: text}
  sites:
    path: erp/sites_*.csv
    description: Sites, which deliver to each other.
    key: [id]
    columns: {id: text, name: text}
  products:
    path: erp/products_*.csv
    description: Products.
    key: [id]
    columns: {id: text, name: text, base: text, cost: decimal, currency: text}
  orders:
    path: erp/orders_*.csv
    description: Order lines.
    delivery: append
    key: [order, line]
    columns:
      order: text
      line: text
      customer: text
      product: text
      day: date
      units: decimal
      unit: text
      currency: text
  units:
    path: erp/units_*.csv
    description: Conversion factors.
    required: false
    key: [product, unit, size]
    columns: {product: text, unit: text, of: text, size: rate, by: rate, since: date}
  codes:
    path: erp/codes_*.csv
    description: What unit codes mean.
    key: [system, code]
    columns: {system: text, code: text, means: text}
  rates:
    path: erp/rates_*.csv
    description: Exchange rates.
    key: [currency, day]
    columns: {currency: text, day: date, rate: rate}
  stock:
    path: erp/stock_*.csv
    description: Stock.
    required: false
    key: [product, day]
    columns: {product: text, day: date, units: decimal, unit: text}
  purchases:
    path: erp/purchases_*.csv
    description: Purchase order lines.
    required: false
    key: [order]
    columns: {order: text, product: text, day: date, units: decimal, unit: text}
  receipts:
    path: erp/receipts_*.csv
    description: Receipts.
    required: false
    key: [receipt]
    columns: {receipt: text, order: text, day: date, units: decimal, unit: text}
mappings:
  - entity: customers
    extract: customers
    columns: {customer_id: id, customer_name: name}
  - entity: sites
    extract: sites
    columns: {site_id: id, site_name: name}
  - entity: suppliers
    extract: sites
    columns: {supplier_id: id, supplier_name: name}
  - entity: products
    extract: products
    columns:
      product_id: id
      product_name: name
      base_unit_code: base
      standard_cost_amount: cost
      currency_code: currency
  - entity: unit_conversions
    extract: units
    columns:
      product_id: product
      unit_code: unit
      to_unit_code: of
      numerator: size
      denominator: by
      valid_from: since
  - entity: unit_codes
    extract: codes
    columns: {system_name: system, delivered_code: code, unit_code: means}
  - entity: fx_rates
    extract: rates
    columns:
      from_currency_code: currency
      to_currency_code: "'EUR'"
      rate_date: day
      rate: rate
  - entity: order_lines
    extract: orders
    columns:
      order_id: order
      line_number: line
      transaction_type: "'sale'"
      customer_id: customer
      product_id: product
      site_id: "'S1'"
      order_date: day
      quantity_units: units
      unit_code: unit
      net_amount: units * 2
      currency_code: currency
      is_cancelled: "false"
  - entity: inventory_snapshots
    extract: stock
    columns:
      site_id: "'S1'"
      storage_location_id: "'A'"
      product_id: product
      snapshot_date: day
      on_hand_units: units
      unit_code: unit
  - entity: purchase_order_lines
    extract: purchases
    columns:
      purchase_order_id: order
      line_number: "'1'"
      supplier_id: "'S1'"
      product_id: product
      site_id: "'S1'"
      order_date: day
      ordered_units: units
      unit_code: unit
      is_cancelled: "false"
  - entity: receipts
    extract: receipts
    columns:
      purchase_order_id: order
      line_number: "'1'"
      receipt_number: receipt
      receipt_date: day
      received_units: units
      unit_code: unit
"""
PRODUCTS = "id,name,base,cost,currency\nP1,Bolt,ST,1,EUR\nP2,Nut,ST,2,EUR\nP3,Oil,KG,3,EUR\n"
ORDER_HEAD = "order,line,customer,product,day,units,unit,currency\n"
CODES = "system,code,means\nerp,ST,EA\nerp,KAR,CS\n*,KG,KGM\n"
RATES = "currency,day,rate\nUSD,2026-01-01,0.9\n"
