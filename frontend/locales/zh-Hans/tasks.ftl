# 登记簿自身的工作
tasks-text = 登记簿自动执行或被要求执行的工作，最新的在前。
tasks-empty = 这里没有任务
tasks-empty-text = 采集等工作一旦提出就会显示在这里。
task-title = 任务
task-state = 状态
task-when = 时间
task-changes = 变更
task-took = 用时
task-of = { $n } / { $total }
task-stages = 阶段
task-log = 日志末尾
task-lines = { $n ->
   *[other] 共 { $n } 行
}
task-reload = 刷新
task-cancel = 停止
task-stopping = 已要求停止，当前步骤结束后停下。
task-by-register = 由登记簿自动执行
task-attempt = 第 { $n } 次，最多 { $total } 次
task-finished = 结束于
task-progress = 进度
task-state-queued = 等待中
task-state-running = 运行中
task-state-done = 已完成
task-state-failed = 失败
task-state-cancelled = 已停止
task-level-info = 信息
task-level-warn = 警告
task-level-error = 错误
task-crawl = 采集
task-lease-lost = 另一个工作进程已接手此任务。
task-cancelled = 已被人停止。
task-worker-lost = 最后一次尝试时，运行它的进程也结束了。
task-broke = 运行时登记系统内部出错，原因见服务器日志。
tasks-all = 全部
task-told-to-stop = 已要求停止。
task-is-over = 此任务已经结束。
