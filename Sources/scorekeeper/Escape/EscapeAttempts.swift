// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

extension EscapeAttempt {
    /// Every attempt, in the order in which they are made: those that end their run come last, but
    /// for what must not be found after them.
    static let all: [EscapeAttempt] =
        files + processes + network + kernel + privileges + shares + memory + floods + lies
        + survival

    private static let files = [
        EscapeAttempt("read_other_model", "read another model's file", .files),
        EscapeAttempt("list_models", "list the other models", .files),
        EscapeAttempt("list_state", "list the state folder", .server),
        EscapeAttempt("read_ledger", "read the ledger", .server),
        EscapeAttempt("read_logs", "read others' logs", .server),
        EscapeAttempt("write_own_model", "change its own model", .server),
        EscapeAttempt("write_environment", "write into an environment", .server),
        EscapeAttempt("write_libraries", "write into the libraries", .system),
        EscapeAttempt("write_programs", "write into the programs", .system),
        EscapeAttempt("write_settings", "write into /etc", .system),
        EscapeAttempt("read_shadow", "read /etc/shadow and /root", .system),
        EscapeAttempt(
            "write_host_tmp",
            "write into the machine's tmp",
            .files,
            .answers,
            .hostFile
        ),
        EscapeAttempt("read_host_tmp", "read the machine's tmp", .files),
        EscapeAttempt("write_kernel_settings", "write into /proc/sys", .system),
        EscapeAttempt("write_sys", "write into /sys", .system),
        EscapeAttempt("read_devices", "open disks, memory, kvm and tun", .files),
        EscapeAttempt("kernel_log", "read and write the kernel's log", .files),
    ]

    private static let processes = [
        EscapeAttempt("signal_others", "signal neighbours, node and gateway", .neighbours),
        EscapeAttempt("signal_init", "stop its own init", .neighbours),
        EscapeAttempt("trace_others", "trace neighbours, node and gateway", .neighbours),
        EscapeAttempt("read_memory_of_others", "read their memory", .neighbours),
        EscapeAttempt("steal_descriptors", "take their descriptors", .neighbours),
        EscapeAttempt("read_environments", "read their environments", .neighbours),
        EscapeAttempt("open_processes_files", "open their memory, root and files", .neighbours),
        EscapeAttempt("count_processes", "see that others run", .unseen),
        EscapeAttempt("read_arguments", "read their arguments", .unseen),
        EscapeAttempt(
            "shared_memory_of_system_v",
            "write into shared memory of System V",
            .unseen,
            .answers,
            .reached("shared")
        ),
        EscapeAttempt("inherited_descriptors", "find a descriptor left open", .cleanStart),
        EscapeAttempt("inherited_variables", "find the server's variables", .cleanStart),
    ]

    private static let network = [
        EscapeAttempt("control_socket", "connect to the control socket", .server),
        EscapeAttempt(
            "peers_sockets",
            "connect to gateway, node, D-Bus, Docker",
            .namedSockets,
            .answers,
            .reached("named_socket")
        ),
        EscapeAttempt(
            "abstract_socket",
            "connect to an abstract socket",
            .namedSockets,
            .answers,
            .reached("abstract")
        ),
        EscapeAttempt(
            "abstract_datagram",
            "send to an abstract socket",
            .namedSockets,
            .answers,
            .reached("datagram")
        ),
        EscapeAttempt("reach_tcp", "connect by TCP", .network, .answers, .reached("tcp")),
        EscapeAttempt(
            "reach_tcp_over_ipv6",
            "connect by TCP over IPv6",
            .network,
            .answers,
            .reached("tcp6")
        ),
        EscapeAttempt("reach_udp", "send by UDP", .network, .answers, .reached("udp")),
        EscapeAttempt("reach_gateway", "score its neighbours over HTTP", .network),
        EscapeAttempt(
            "listen_on_tcp",
            "listen on a port of the machine",
            .network,
            .answers,
            .reached("listens")
        ),
        EscapeAttempt("netlink", "list the machine's interfaces", .network),
        EscapeAttempt("raw_sockets", "open raw, packet and XDP sockets", .privileges),
        EscapeAttempt("other_families", "open vsock, ALG and CAN sockets", .calls),
    ]

    private static let kernel = [
        EscapeAttempt("mount_something", "mount, unmount, detach", .privileges),
        EscapeAttempt("new_namespaces", "make namespaces of its own", .calls),
        EscapeAttempt("enter_namespaces", "enter others' namespaces", .privileges),
        EscapeAttempt("change_root", "change its root", .privileges),
        EscapeAttempt("turn_root", "turn its root", .privileges),
        EscapeAttempt("load_bpf", "use BPF", .calls),
        EscapeAttempt("use_keys", "use the kernel's keys", .calls),
        EscapeAttempt("open_perf", "count performance events", .calls),
        EscapeAttempt("userfaultfd", "handle page faults", .calls),
        EscapeAttempt("io_uring", "use io_uring", .calls),
        EscapeAttempt("load_modules", "load modules and kernels", .privileges),
        EscapeAttempt("open_by_handle", "open files by their number", .privileges),
        EscapeAttempt("personality", "turn off randomness", .calls),
        EscapeAttempt("other_call_tables", "call by other tables", .calls),
        EscapeAttempt("trace_itself", "be traced by its parent", .calls),
    ]

    private static let privileges = [
        EscapeAttempt("become_root", "become root", .privileges),
        EscapeAttempt("use_setuid_program", "run programs of root's", .privileges),
        EscapeAttempt("make_devices", "make a disk's node", .privileges),
        EscapeAttempt("change_clock", "set clock and host name", .privileges),
        EscapeAttempt("leave_control_group", "leave its cgroup, raise its limits", .system),
        EscapeAttempt("raise_limits", "raise its resource limits", .privileges),
        EscapeAttempt("take_priority", "go before others", .privileges),
        EscapeAttempt("push_terminal", "type into a terminal", .system),
    ]

    private static let shares = [
        EscapeAttempt("open_descriptors", "open 10,000 files", .openFiles),
        EscapeAttempt("fill_tmp", "fill its tmp", .temporary, .mayEnd),
        EscapeAttempt("fill_shm", "fill /dev/shm", .temporary, .mayEnd),
        EscapeAttempt("fill_with_names", "fill its tmp with empty files", .temporary, .mayEnd),
        EscapeAttempt("eat_cores", "take all cores", .cores),
        EscapeAttempt("fork_bomb", "fork without end", .processes, .mayEnd),
        EscapeAttempt("dump_core", "leave a core", .coreDumps),
        EscapeAttempt("eat_memory", "take more memory than it has", .memory, .mayEnd),
    ]

    private static let memory = [
        EscapeAttempt("reopen_requests", "open its requests anew to write", .lane),
        EscapeAttempt("map_requests", "map its requests to write", .lane),
        EscapeAttempt("punch_regions", "punch holes into both regions", .lane),
        EscapeAttempt("truncate_regions", "cut and grow both regions", .lane),
    ]

    private static let floods = [
        EscapeAttempt("wake_storm", "ring its bell for two seconds", .lane, .thenDelete),
        EscapeAttempt(
            "flood_of_descriptors",
            "send descriptors, 253 a packet",
            .lane,
            .thenDelete,
            .gatewayDescriptors
        ),
        EscapeAttempt("flood_of_facts", "flood the gateway with facts", .lane, .thenDelete),
        EscapeAttempt("flood_log", "flood its log", .log, .answers, .logSize),
        EscapeAttempt("escape_in_log", "command the reader's terminal", .log, .answers, .logBytes),
    ]

    private static let lies = [
        EscapeAttempt("answer_other_ticket", "answer another's request", .lane, .ends),
        EscapeAttempt("answer_twice", "answer twice", .lane, .ends),
        EscapeAttempt("lie_about_length", "give a length beyond its area", .lane, .ends),
        EscapeAttempt("point_outside", "point outside its area", .lane, .ends),
        EscapeAttempt("point_at_overflow", "point where sums overflow", .lane, .ends),
        EscapeAttempt("slot_out_of_range", "answer in slot 4,294,967,295", .lane, .ends),
        EscapeAttempt("jump_done", "count a million answers", .lane, .ends),
        EscapeAttempt("too_many_parts", "send 64 parts unread", .lane, .ends),
        EscapeAttempt("wrong_status", "give status 99", .lane, .ends),
        EscapeAttempt("wrong_outcome", "give an outcome that is none", .lane, .ends),
        EscapeAttempt("scribble", "write over all its responses", .lane, .ends),
        EscapeAttempt("garbage_packets", "send packets of garbage", .lane, .ends),
        EscapeAttempt("close_lane", "close its lane and live on", .tree, .ends),
    ]

    private static let survival = [
        EscapeAttempt("stop_itself", "stop itself with a request in hand", .lane, .ends),
        EscapeAttempt("daemonise", "leave a daemon behind", .tree, .thenDelete, .survivor),
        EscapeAttempt(
            "outrun_the_killer",
            "fork ahead of the killer",
            .tree,
            .thenDelete,
            .survivor
        ),
        EscapeAttempt(
            "ignore_the_end",
            "be deaf to drain and signals",
            .tree,
            .thenDelete,
            .survivor
        ),
        EscapeAttempt(
            "plant_for_cleaner",
            "leave links and depths in its tmp",
            .tree,
            .thenDelete,
            .litter
        ),
    ]
}
