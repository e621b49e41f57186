import { Model } from 'sequelize-typescript'

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/
const MOST_CHARACTERS = 32

/** What every table has, and what every list is asked for. */
const HOUSE = new Set(['id', 'created_time', 'updated_time', 'page', 'size', 'pk', 'pks'])

/** Words that at least one of the databases keeps for itself: nobody wants to quote a column in every statement. */
const SQL = new Set(
  `accessible add all alter analyse analyze and any array as asc asensitive asymmetric authorization before begin
  between bigint binary blob both by call cascade case cast change char character check collate collation column
  commit concurrently condition constraint continue convert create cross cube cume_dist current_catalog current_date
  current_role current_schema current_time current_timestamp current_user cursor database databases day_hour
  day_microsecond day_minute day_second dec decimal declare default deferrable deferred delayed delete dense_rank desc
  describe deterministic distinct distinctrow div do double drop dual each else elseif empty enclosed end escape escaped
  except exists exit explain false fetch first_value float float4 float8 for force foreign freeze from full fulltext
  function general generated get glob grant group grouping groups having high_priority hour_microsecond hour_minute
  hour_second if ignore ilike in index indexed infile initially inner inout insensitive insert int int1 int2 int3 int4
  int8 integer intersect interval into io_after_gtids io_before_gtids is isnull iterate join json_table key keys kill
  lag last_value lateral lead leading leave left like limit linear lines load local localtime localtimestamp lock long
  longblob longtext loop low_priority manual master_bind master_ssl_verify_server_cert match maxvalue mediumblob
  mediumint mediumtext middleint minute_microsecond minute_second mod modifies natural no_write_to_binlog not nothing
  notnull nth_value ntile null numeric of off offset on only optimize optimizer_costs option optionally or order out
  outer outfile over overlaps parallel partition percent_rank placing plan portion pragma precision primary procedure
  purge qualify raise range rank read read_write reads real recursive ref_system_id references regexp reindex release
  rename repeat replace require resignal restrict return returning revoke right rlike rollback row row_number rows
  schema schemas second_microsecond select sensitive separator session_user set show signal similar slow smallint some
  spatial specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl
  starting stats_auto_recalc stats_persistent stats_sample_pages stored straight_join symmetric system system_user table
  tablesample terminated then tinyblob tinyint tinytext to trailing transaction trigger true undo union unique unlock
  unsigned update usage use user using utc_date utc_time utc_timestamp vacuum values varbinary varchar varcharacter
  variadic varying vector verbose view virtual when where while window with without write xor year_month zerofill`.split(
    /\s+/,
  ),
)

/** @returns why a column cannot have this name, null where it can */
export function nameProblem(name: string): string | null {
  const problem = wordProblem(name, MOST_CHARACTERS)
  if (problem !== null) return problem
  if (HOUSE.has(name)) return 'is there in every table or list already: choose another name'
  if (SQL.has(name)) return 'is a keyword of SQL: choose another name'
  if (name in Model.prototype) return 'is taken by what every row can do: choose another name'
  return null
}

/** @returns why this is no name in snake_case, null where it is one */
export function wordProblem(name: string, most: number): string | null {
  if (!NAME.test(name)) return 'must be words of small letters and digits joined by _, like "due_time"'
  return name.length > most ? `has more than ${most} characters` : null
}
