title = 좀비
about = 부모가 wait하기 전에 종료한 자식입니다. 무엇이 남고, 무엇이 사라지고, 무엇으로는 없앨 수 없는지 봅니다.

alive = 자식 { $c }이(가) exit(7)을 호출하려 합니다. 부모는 pause()에 들어가 있고, 자식을 기다리지 않을 것입니다.
alive-say = 실행되는 동안에는 메모리와 열린 파일이 있습니다.

exit = 이제 자식이 exit(7)을 호출합니다.
exit-ask = 자식 프로세스는 어떻게 될까요?
exit-is-gone = 사라짐
exit-is-Z = 좀비 (Z)
exit-is-S = 대기 (S)
exit-say = 좀비가 됩니다. 더 실행되지는 않지만, 부모가 wait할 때까지 프로세스 표의 한 줄은 남습니다.

memory = 종료했는데도 PID { $c }은(는) 그대로입니다.
memory-ask = 좀비가 차지하는 메모리는 얼마일까요?
memory-is-0 = 없음
memory-is-kept = 종료 전 그대로
memory-say = 없습니다. 메모리도 매핑도 디스크립터도 종료할 때 모두 반납되었습니다. 좀비가 차지하는 것은 프로세스 표의 한 줄과 PID 하나인데, 이 수에는 한계가 있습니다.

status = 그렇다면 커널은 왜 그 한 줄을 남겨 둘까요?
status-ask = 커널이 부모에게 주려고 보관한 종료 상태는 무엇일까요?
status-is-code-0 = 0, 종료는 늘 0
status-is-code-7 = 7
status-is-unknown = 없음
status-say = 7입니다. 자식이 어떻게 끝났는지 부모가 물어볼 수 있도록 남겨 둔 것이고, 그것을 묻는 함수가 wait입니다.

kill = 누군가 kill -9 { $c }을(를) 해 봅니다.
kill-ask = 좀비는 어떻게 될까요?
kill-is-gone = 사라짐
kill-is-Z = 그대로 좀비
kill-say = 변화가 없습니다. 시그널은 보내졌지만 끝낼 것이 남아 있지 않습니다. 부모가 wait하거나 부모가 끝나야만 없어집니다.

orphaned = 그래서 한 번도 wait하지 않은 부모 { $p }을(를) 끝냅니다.
orphaned-ask = 이제 좀비는 어떻게 될까요?
orphaned-is-Z = 영원히 남음
orphaned-is-gone = 사라짐
orphaned-say = 새 부모가 곧바로 wait했습니다. 여기서는 위쪽의 subreaper인 forkscope의 보호 프로세스(guardian) { $guardian }이고, 보통은 PID 1인 init입니다. 맡겨진 자식을 기다려 주는 것이 이들의 일입니다.
after = 다음 수업: forkscope lesson wait
