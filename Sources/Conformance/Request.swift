// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A request to post.
struct Request {
    var body: [UInt8]
    var head = RequestHead.usual
    var deadline: Duration?
    var reader = Asked.Reader.quick
    var shares = false
}
