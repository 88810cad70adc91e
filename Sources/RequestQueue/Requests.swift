// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Vocabulary

extension lane_bytes {
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(base: bytes.baseAddress, length: bytes.count)
    }
}

extension lane_post {
    init(
        _ kind: scorer_kind,
        _ head: UnsafeRawBufferPointer,
        _ deadline: Moment,
        _ sharesCalls: Bool
    ) {
        self.init(
            kind: kind,
            flags: sharesCalls ? UInt16(SCORER_FLAG_SHARES.rawValue) : 0,
            deadline: deadline.nanoseconds,
            head: lane_bytes(head),
            body: nil,
            body_count: 0,
            apart: -1,
            apart_length: 0,
            is_gathered: false
        )
    }
}
