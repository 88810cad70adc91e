// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `The machine` {
    private let two = MachineShare(millicores: 2_000, memoryBytes: 8 << 30)

    @Test func `gives out what there is, unless more is declared`() throws {
        let plain = Machine(measured: two)
        let cores = try Machine(declared: "cores=64", measured: two)
        let both = try Machine(declared: "memory=256GiB,cores=1.5", measured: two)

        #expect(plain.given == two)
        #expect(plain.overcommitment == nil)
        #expect(cores.given == MachineShare(millicores: 64_000, memoryBytes: 8 << 30))
        #expect(
            cores.overcommitment == "overcommitted: 64 cores are declared and 2 are there; what is "
                + "promised is shared, not there"
        )
        #expect(both.given == MachineShare(millicores: 1_500, memoryBytes: 256 << 30))
        #expect(
            both.overcommitment?.contains("256 GiB of memory are declared and 8192 MiB") == true
        )
    }

    @Test(arguments: [
        "", "64", "cores", "cores=", "cores=0", "cores=-1", "cores=a", "cores=2,",
        "cores=2,cores=3",
        "memory=256", "memory=1.5GiB", "cores=2 memory=1GiB", "gpus=1", "cores=1e9", "cores=2=3",
        "cores=0.001", "cores=0.009",
    ])
    func `is not declared by what cannot be read`(text: String) {
        let problem = #expect(throws: Problem.self) {
            try Machine(declared: text, measured: two)
        }

        #expect(problem?.code == "capacity")
        #expect(problem?.remedy.contains("--capacity cores=64") == true)
    }

    @Test func `keeps nothing from a deployment that has it to itself`() {
        let alone = Machine(forOneAlone: two)

        #expect(alone.given.millicores >= 50 * 2 * 96_000)
        #expect(alone.measured == two)
        #expect(alone.overcommitment == nil)
    }

    @Test func `is as large as the groups that we are in let it be`() {
        let files = [
            "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "150000\n",
            "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/memory/b/memory.limit_in_bytes": "1073741824\n",
            "/sys/fs/cgroup/unit/cpu.max": "50000 100000\n",
            "/sys/fs/cgroup/unit/leaf/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/unit/leaf/memory.max": "max\n",
            "/sys/fs/cgroup/unit/memory.max": "4096\n",
        ]
        let old = ControlGroupAllowance(membership: "5:cpu,cpuacct:/a\n4:memory:/b/c\n0::/\n") {
            files[$0]
        }
        let new = ControlGroupAllowance(membership: "0::/unit/leaf\n") { files[$0] }
        let none = ControlGroupAllowance(membership: "") { _ in nil }

        #expect(old.share(of: two) == MachineShare(millicores: 1_500, memoryBytes: 1 << 30))
        #expect(new.share(of: two) == MachineShare(millicores: 500, memoryBytes: 4_096))
        #expect(none.share(of: two) == two)
    }

    @Test func `is divided into equal nodes`() {
        let share = MachineShare(millicores: 64_000, memoryBytes: 9).divided(by: 3)

        #expect(share == MachineShare(millicores: 21_333, memoryBytes: 3))
    }
}
