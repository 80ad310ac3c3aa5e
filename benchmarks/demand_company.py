"""A company of many series for `benchmarks.demand`, and the nights on which something happens."""

WEEKS = 156
LAST = "date '2026-06-22'"
ITEM = """
        'p-' || lpad(cast(series as varchar), 12, '0') as product_id,
        's-' || lpad(cast(series % 7 as varchar), 12, '0') as site_id,
"""
# Weeks count back from the last one.
WEEKLY = f"""
    with weeks as (
        select series, week
        from range({{series}}) as s(series), range({{first}}, {{end}}) as w(week)
        where hash(series, week, 1) % 4 = 0
    )
    select{ITEM}
        {LAST} - cast(7 * week as integer) as week_start_date,
        cast(sum(1 + hash(series, week) % 97) as decimal(18, 4)) as demand_units,
        cast(sum(case when hash(week, series) % 50 = 0 then 1 else 0 end) as decimal(18, 4))
            as returned_units,
        cast(0 as decimal(18, 4)) as one_off_units,
        count(*) as order_line_count
    from weeks
    group by all
"""
COMPANY = f"""
    create schema facts; create schema night; create schema golden; create schema features;
    create schema staging;
    create table night.parameters as
        select date '2026-06-30' as business_date, cast(1 as integer) as week_starts_on,
            'code' as code_sha256;
    create table facts.fct_demand_weekly as
        {WEEKLY.format(series="{series}", first=0, end=WEEKS)};
    create table facts.fct_demand_month as
        select distinct
            cast(date_trunc('month', week_start_date) as date) as month_start_date,
            'before' as fingerprint
        from facts.fct_demand_weekly;
    create table facts.int_product_site as
        select distinct product_id, site_id from facts.fct_demand_weekly;
    create table golden.golden_product as
        select distinct product_id, cast(null as date) as discontinued_date
        from facts.int_product_site;
    create table staging.stg_product_replacements (
        _namespace text, product_id text, successor_id text, share_rate double, valid_from date
    );
    create table facts.int_promotion_weeks as
    select{ITEM}
        {LAST} - cast(7 * (20 + 60 * event + 3 - place) as integer) as week_start_date,
        'e' || event as promotion_id, 'price' as promotion_kind,
        case when place < 2 then 'before' when place = 2 then 'during' else 'after' end
            as promotion_phase,
        cast(abs(place - 2) as integer) as weeks_apart,
        cast(7 as integer) as affected_days
    from range({{series}}) as s(series), range(2) as e(event), range(6) as p(place)
    where series % 10 = 0;
    create table facts.int_stock_out_weeks as
    select{ITEM}
        {LAST} - cast(7 * (40 + place) as integer) as week_start_date,
        cast(7 as integer) as empty_days
    from range({{series}}) as s(series), range(4) as p(place)
    where series % 5 = 0;
"""
# Tables that stay empty, and those that a night has of the release before.
EMPTY = ("features.demand_exceptions", "golden.golden_xref")
RELEASED = ("features.demand_month", "features.demand_cleansed", "features.feat_demand_profile")

TOMORROW = "update night.parameters set business_date = business_date + 1;"
# What was lost for want of stock is then another estimate, so that those months are made, too.
SENT_BACK = """
    update facts.fct_demand_month set fingerprint = fingerprint || '+'
        where month_start_date = date '2026-05-01';
    update facts.fct_demand_weekly set returned_units = returned_units + 1
        where date_trunc('month', week_start_date) = date '2026-05-01'
            and hash(product_id) % 100 = 0;
"""
A_WEEK_LATER = f"""
    update night.parameters set business_date = date '2026-07-05';
    insert into facts.fct_demand_weekly {WEEKLY.format(series="{series}", first=-1, end=0)};
    update facts.fct_demand_month set fingerprint = fingerprint || '+'
        where month_start_date = date '2026-06-01';
"""
NIGHTS = {
    "the first night": "select 1",
    "nothing has changed": TOMORROW,
    "one series in a hundred": TOMORROW + SENT_BACK,
    "a week has ended, too": A_WEEK_LATER + SENT_BACK,
}
