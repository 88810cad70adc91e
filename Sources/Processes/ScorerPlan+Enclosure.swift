// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Vocabulary
import Wire

extension ScorerPlan {
    /// What a plan for this order gives its scorer and keeps it from, for people.
    ///
    /// `user` is the uid that its processes have on the host; `hasOwnUser` whether nobody else has.
    func enclosure(
        _ order: SpawnOrder,
        at level: IsolationLevel,
        in place: Place,
        user: UInt32,
        hasOwnUser: Bool
    ) -> Enclosure {
        let type = order.instanceType
        let isLimited = level >= .limited
        let isCounted = isLimited || place.changesUser
        return Enclosure(
            level: level,
            circumstances: IsolationPromise.Circumstances(
                hasOwnUser: hasOwnUser,
                hasRootsUser: user == 0,
                landlock: Int(linux_landlock_version()),
                hasNetwork: order.isNetworkAllowed
            ),
            user: user,
            memoryBytes: isLimited && type.memoryBytes > 0 ? type.memoryBytes : nil,
            millicores: isLimited && type.millicores > 0 ? type.millicores : nil,
            processes: isCounted ? Int(Self.mostProcesses) : nil,
            files: Int(min(Self.mostFiles, place.fileLimit)),
            temporaryBytes: level >= .sandbox ? Int64(Self.temporaryBytes(type)) : nil,
            isOnGatewayCore: order.isOnGatewayCore
        )
    }

    /// Most bytes of each temporary file system.
    static func temporaryBytes(_ type: InstanceType) -> UInt64 {
        type.memoryBytes > 0 ? UInt64(type.memoryBytes / 2) : defaultTemporary
    }
}
