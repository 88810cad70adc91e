// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How many descriptors this process may have open.
public enum DescriptorLimit {
    /// How many there may be now.
    public static var current: UInt64 {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        return getrlimit(files, &limit) == 0 ? UInt64(limit.rlim_cur) : 0
    }

    /// Takes as many as the system gives: shells and services begin with few of those.
    ///
    /// Returns: how many it gives.
    @discardableResult
    public static func raise() -> UInt64 {
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(files, &limit)
        return UInt64(limit.rlim_max)
    }
}
