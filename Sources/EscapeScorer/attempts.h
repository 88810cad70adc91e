// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Every attempt, group by group.
#ifndef SCOREKEEPER_ATTEMPTS_H
#define SCOREKEEPER_ATTEMPTS_H

#include "escape.h"

// An address that is mapped in every process of this program that is not moved.
static inline unsigned long main_address(void) { return (unsigned long)&attempt_count; }

// Takes note of what is open before anything of ours is.
void remember_descriptors(void);

#define EACH_ATTEMPT(X)                                                                            \
    X(read_other_model)                                                                            \
    X(list_models)                                                                                 \
    X(read_ledger)                                                                                 \
    X(read_logs)                                                                                   \
    X(list_state)                                                                                  \
    X(write_own_model)                                                                             \
    X(write_environment)                                                                           \
    X(write_libraries)                                                                             \
    X(write_programs)                                                                              \
    X(write_settings)                                                                              \
    X(read_shadow)                                                                                 \
    X(write_host_tmp)                                                                              \
    X(read_host_tmp)                                                                               \
    X(write_kernel_settings)                                                                       \
    X(write_sys)                                                                                   \
    X(read_devices)                                                                                \
    X(kernel_log)                                                                                  \
    X(plant_for_cleaner)                                                                           \
    X(signal_others)                                                                               \
    X(signal_init)                                                                                 \
    X(trace_others)                                                                                \
    X(trace_itself)                                                                                \
    X(read_memory_of_others)                                                                       \
    X(steal_descriptors)                                                                           \
    X(read_environments)                                                                           \
    X(read_arguments)                                                                              \
    X(open_processes_files)                                                                        \
    X(count_processes)                                                                             \
    X(shared_memory_of_system_v)                                                                   \
    X(inherited_descriptors)                                                                       \
    X(inherited_variables)                                                                         \
    X(control_socket)                                                                              \
    X(peers_sockets)                                                                               \
    X(abstract_socket)                                                                             \
    X(abstract_datagram)                                                                           \
    X(reach_tcp)                                                                                   \
    X(reach_tcp_over_ipv6)                                                                         \
    X(reach_udp)                                                                                   \
    X(reach_gateway)                                                                               \
    X(listen_on_tcp)                                                                               \
    X(netlink)                                                                                     \
    X(raw_sockets)                                                                                 \
    X(other_families)                                                                              \
    X(mount_something)                                                                             \
    X(new_namespaces)                                                                              \
    X(enter_namespaces)                                                                            \
    X(change_root)                                                                                 \
    X(turn_root)                                                                                   \
    X(load_bpf)                                                                                    \
    X(use_keys)                                                                                    \
    X(open_perf)                                                                                   \
    X(userfaultfd)                                                                                 \
    X(io_uring)                                                                                    \
    X(load_modules)                                                                                \
    X(make_devices)                                                                                \
    X(become_root)                                                                                 \
    X(use_setuid_program)                                                                          \
    X(other_call_tables)                                                                           \
    X(open_by_handle)                                                                              \
    X(personality)                                                                                 \
    X(change_clock)                                                                                \
    X(leave_control_group)                                                                         \
    X(raise_limits)                                                                                \
    X(take_priority)                                                                               \
    X(push_terminal)                                                                               \
    X(fork_bomb)                                                                                   \
    X(daemonise)                                                                                   \
    X(outrun_the_killer)                                                                           \
    X(ignore_the_end)                                                                              \
    X(stop_itself)                                                                                 \
    X(fill_tmp)                                                                                    \
    X(fill_shm)                                                                                    \
    X(fill_with_names)                                                                             \
    X(eat_memory)                                                                                  \
    X(eat_cores)                                                                                   \
    X(open_descriptors)                                                                            \
    X(dump_core)                                                                                   \
    X(reopen_requests)                                                                             \
    X(map_requests)                                                                                \
    X(punch_regions)                                                                               \
    X(truncate_regions)                                                                            \
    X(wake_storm)                                                                                  \
    X(close_lane)                                                                                  \
    X(answer_other_ticket)                                                                         \
    X(answer_twice)                                                                                \
    X(lie_about_length)                                                                            \
    X(point_outside)                                                                               \
    X(point_at_overflow)                                                                           \
    X(slot_out_of_range)                                                                           \
    X(jump_done)                                                                                   \
    X(too_many_parts)                                                                              \
    X(wrong_status)                                                                                \
    X(wrong_outcome)                                                                               \
    X(scribble)                                                                                    \
    X(garbage_packets)                                                                             \
    X(flood_of_descriptors)                                                                        \
    X(flood_of_facts)                                                                              \
    X(flood_log)                                                                                   \
    X(escape_in_log)

#define DECLARE(name) ATTEMPT(name);
EACH_ATTEMPT(DECLARE)
#undef DECLARE

#endif
