-- Question: What is in quarantine, and what has to be done about it?
-- Shows: By delivered file and cause, the records held back, their share of the file, and what to
--   do about them.
with causes as (
    select
        file_sha256,
        code,
        min(remedy) as remedy,
        count(*) as record_count,
        min(record_number) as first_record_number
    from quarantine
    group by file_sha256, code
),

files as (
    select
        file_sha256,
        min(system) as system,
        min(extract) as extract,
        min(file_name) as file_name,
        max(record_count) as delivered_count
    from raw_extracts
    group by file_sha256
)

select
    files.system,
    files.extract,
    files.file_name,
    causes.code,
    causes.record_count,
    round(
        cast(causes.record_count as double) / nullif(files.delivered_count, 0), 5
    ) as quarantined_rate,
    causes.first_record_number,
    causes.remedy
from causes
left join files on files.file_sha256 = causes.file_sha256
order by causes.record_count desc, files.system, files.extract, files.file_name, causes.code
