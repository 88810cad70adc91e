// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension InstanceType {
    /// The types that Azure's managed online endpoints offer, under Azure's names.
    ///
    /// Source: Microsoft, "Managed online endpoints SKU list" and "Sizes for virtual machines in Azure"
    /// (cores and memory); "Manage and increase quotas", "Virtual machine quota allocation for
    /// deployment" (which keep no surge).
    public static let azures: [InstanceType] = others + families + sizesWithGPUs

    private static let sizes = [2, 4, 8, 16, 32, 48, 64]

    /// Sizes that are called by their number of cores, and have memory to go with them.
    private static let families: [InstanceType] = [
        family("F", "s_v2", [2, 4, 8, 16, 32, 48, 64, 72], gibibytesEach: 2),
        family("D", "_v3", sizes, gibibytesEach: 4),
        family("D", "s_v3", sizes, gibibytesEach: 4),
        family("D", "_v4", sizes, gibibytesEach: 4),
        family("D", "s_v4", sizes, gibibytesEach: 4),
        family("D", "as_v4", sizes + [96], gibibytesEach: 4),
        family("D", "_v5", sizes + [96], gibibytesEach: 4),
        family("D", "s_v5", sizes + [96], gibibytesEach: 4),
        family("E", "s_v3", [2, 4, 8, 16, 20, 32, 48], gibibytesEach: 8),
        family("E", "s_v4", [2, 4, 8, 16, 20, 32, 48], gibibytesEach: 8),
        family("E", "s_v5", [2, 4, 8, 16, 20, 32, 48, 64], gibibytesEach: 8),
    ].flatMap { $0 }

    /// Sizes that are called otherwise, or have other memory than their family.
    private static let others = [
        azure("DS1_v2", cores: 1, mebibytes: 3_584), azure("DS2_v2", cores: 2, mebibytes: 7 << 10),
        azure("DS3_v2", cores: 4, mebibytes: 14 << 10),
        azure("DS4_v2", cores: 8, mebibytes: 28 << 10),
        azure("DS5_v2", cores: 16, mebibytes: 56 << 10),
        azure("E64s_v3", cores: 64, mebibytes: 432 << 10),
        azure("E64s_v4", cores: 64, mebibytes: 504 << 10),
        azure("E96s_v5", cores: 96, mebibytes: 672 << 10),
    ]

    private static let sizesWithGPUs = [
        azure("NC6s_v3", cores: 6, gibibytes: 112, gpus: 1),
        azure("NC12s_v3", cores: 12, gibibytes: 224, gpus: 2),
        azure("NC24s_v3", cores: 24, gibibytes: 448, gpus: 4),
        azure("NC4as_T4_v3", cores: 4, gibibytes: 28, gpus: 1),
        azure("NC8as_T4_v3", cores: 8, gibibytes: 56, gpus: 1),
        azure("NC16as_T4_v3", cores: 16, gibibytes: 110, gpus: 1),
        azure("NC64as_T4_v3", cores: 64, gibibytes: 440, gpus: 4),
        azure("NC24ads_A100_v4", cores: 24, gibibytes: 220, gpus: 1, isExempt: true),
        azure("NC48ads_A100_v4", cores: 48, gibibytes: 440, gpus: 2, isExempt: true),
        azure("NC96ads_A100_v4", cores: 96, gibibytes: 880, gpus: 4, isExempt: true),
        azure("NC40ads_H100_v5", cores: 40, gibibytes: 320, gpus: 1, isExempt: true),
        azure("NC80adis_H100_v5", cores: 80, gibibytes: 640, gpus: 2, isExempt: true),
        azure("ND40rs_v2", cores: 40, gibibytes: 672, gpus: 8, isExempt: true),
        azure("ND96asr_v4", cores: 96, gibibytes: 900, gpus: 8, isExempt: true),
        azure("ND96amsr_A100_v4", cores: 96, gibibytes: 1_900, gpus: 8, isExempt: true),
        azure("ND96is_H100_v5", cores: 96, gibibytes: 1_900, gpus: 8, isExempt: true),
        azure("ND96isr_H100_v5", cores: 96, gibibytes: 1_900, gpus: 8, isExempt: true),
    ]

    private static func family(
        _ prefix: String,
        _ suffix: String,
        _ sizes: [Int],
        gibibytesEach: Int64
    ) -> [InstanceType] {
        sizes.map { cores in
            azure(
                "\(prefix)\(cores)\(suffix)",
                cores: cores,
                gibibytes: Int64(cores) * gibibytesEach
            )
        }
    }

    private static func azure(_ name: String, cores: Int, mebibytes: Int64) -> InstanceType {
        InstanceType(
            name: "Standard_\(name)",
            millicores: cores * 1_000,
            memoryBytes: mebibytes << 20
        )
    }

    private static func azure(
        _ name: String,
        cores: Int,
        gibibytes: Int64,
        gpus: Int = 0,
        isExempt: Bool = false
    ) -> InstanceType {
        InstanceType(
            name: "Standard_\(name)",
            millicores: cores * 1_000,
            memoryBytes: gibibytes << 30,
            gpus: gpus,
            isExemptFromSurge: isExempt
        )
    }
}
