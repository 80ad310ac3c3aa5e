with customers as (
    select * from {{ ref('golden_customer') }}
),

requests as (
    select * from {{ ref('int_customer_requests') }}
),

contracts as (
    select * from {{ ref('int_contracts_resolved') }}
),

-- what is usual at a site: the median over all its customers
usual as (
    select
        site_id,
        percentile_disc(0.5) within group (order by coalesce(business_days, calendar_days))
            as usual_days
    from requests
    group by site_id
),

-- where a wait stands among those of its site: the share that is longer, ties counting half
standing as (
    select
        site_id,
        coalesce(business_days, calendar_days) as waited_days,
        (
            sum(count(*))
                over (
                    partition by site_id
                    order by coalesce(business_days, calendar_days) desc nulls last
                    rows between unbounded preceding and current row
                )
            - cast(count(*) as double) / 2
        ) / sum(count(*)) over (partition by site_id) as rank_rate
    from requests
    group by site_id, coalesce(business_days, calendar_days)
),

observed as (
    select
        requests.customer_id,
        count(requests.calendar_days) as line_count,
        cast(sum(requests.calendar_days) as double) / count(*) as mean_days,
        percentile_disc(0.1) within group (order by requests.calendar_days) as p10_days,
        percentile_disc(0.5) within group (order by requests.calendar_days) as p50_days,
        percentile_disc(0.9) within group (order by requests.calendar_days) as p90_days,
        cast(sum(requests.business_days) as double) / nullif(count(requests.business_days), 0)
            as mean_business_days,
        percentile_disc(0.1) within group (order by requests.business_days) as p10_business_days,
        percentile_disc(0.5) within group (order by requests.business_days) as p50_business_days,
        percentile_disc(0.9) within group (order by requests.business_days) as p90_business_days,
        sum(
            case
                when coalesce(requests.business_days, requests.calendar_days) < usual.usual_days
                    then 1
                else 0
            end
        ) as urgent_count,
        sum(cast(standing.rank_rate as decimal(18, 15))) / count(*) as rank_rate
    from requests
    inner join usual on requests.site_id = usual.site_id
    inner join standing
        on
            requests.site_id = standing.site_id
            and coalesce(requests.business_days, requests.calendar_days) = standing.waited_days
    group by requests.customer_id
),

-- of several contracts in force the strictest promise holds, each term by itself
promised as (
    select
        customer_id,
        count(distinct contract_id) as contract_count,
        min(promised_lead_time_days) as lead_time_days,
        min(promised_lead_time_business_days) as lead_time_business_days,
        max(case when service_measure = 'fill_rate' then promised_service_rate end) as fill_rate,
        max(case when service_measure = 'otif_rate' then promised_service_rate end) as otif_rate,
        max(penalty_rate) as penalty_rate
    from contracts
    where is_in_force
    group by customer_id
),

final as (
    select
        customers.customer_id,
        cast(coalesce(observed.line_count, 0) as bigint) as tolerance_line_count,
        case
            when observed.line_count >= 30 then 'A'
            when observed.line_count >= 10 then 'B'
            when observed.line_count >= 1 then 'C'
            else 'none'
        end as tolerance_grade,
        {{ published_float('observed.mean_days') }} as tolerance_mean_days,
        cast(observed.p10_days as double) as tolerance_p10_days,
        cast(observed.p50_days as double) as tolerance_p50_days,
        cast(observed.p90_days as double) as tolerance_p90_days,
        {{ published_float('observed.mean_business_days') }} as tolerance_mean_business_days,
        cast(observed.p10_business_days as double) as tolerance_p10_business_days,
        cast(observed.p50_business_days as double) as tolerance_p50_business_days,
        cast(observed.p90_business_days as double) as tolerance_p90_business_days,
        {{ published_float(
            'cast(observed.urgent_count as double) / nullif(observed.line_count, 0)'
        ) }} as urgent_line_rate,
        {{ published_float('observed.rank_rate') }} as urgency_rank_rate,
        cast(coalesce(promised.contract_count, 0) as bigint) as contract_count,
        cast(promised.lead_time_days as double) as contract_lead_time_days,
        cast(promised.lead_time_business_days as double) as contract_lead_time_business_days,
        cast(promised.fill_rate as double) as contract_fill_rate,
        cast(promised.otif_rate as double) as contract_otif_rate,
        cast(promised.penalty_rate as double) as contract_penalty_rate
    from customers
    left join observed on customers.customer_id = observed.customer_id
    left join promised on customers.customer_id = promised.customer_id
)

select * from final
