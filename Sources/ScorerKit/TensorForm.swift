// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

internal import CScorerKit

/// A number that a tensor can be made of.
public protocol TensorElement: BitwiseCopyable, Sendable {
    /// The library's number for it.
    static var scorerElement: UInt32 { get }
}

extension Double: TensorElement {
    /// float64.
    public static var scorerElement: UInt32 { SCORER_FLOAT64.rawValue }
}
extension Float: TensorElement {
    /// float32.
    public static var scorerElement: UInt32 { SCORER_FLOAT32.rawValue }
}
extension Int64: TensorElement {
    /// int64.
    public static var scorerElement: UInt32 { SCORER_INT64.rawValue }
}
extension Int32: TensorElement {
    /// int32.
    public static var scorerElement: UInt32 { SCORER_INT32.rawValue }
}
extension Int16: TensorElement {
    /// int16.
    public static var scorerElement: UInt32 { SCORER_INT16.rawValue }
}
extension Int8: TensorElement {
    /// int8.
    public static var scorerElement: UInt32 { SCORER_INT8.rawValue }
}
extension UInt64: TensorElement {
    /// uint64.
    public static var scorerElement: UInt32 { SCORER_UINT64.rawValue }
}
extension UInt32: TensorElement {
    /// uint32.
    public static var scorerElement: UInt32 { SCORER_UINT32.rawValue }
}
extension UInt16: TensorElement {
    /// uint16.
    public static var scorerElement: UInt32 { SCORER_UINT16.rawValue }
}
extension UInt8: TensorElement {
    /// uint8.
    public static var scorerElement: UInt32 { SCORER_UINT8.rawValue }
}

/// What a body must hold: a tensor of one element type and shape.
///
/// Shape: one to eight dimensions, at most one of them free (`nil`).
public struct TensorForm<Element: TensorElement>: Hashable, Sendable {
    /// The size of each dimension; nothing for the free one.
    public var shape: [Int?]

    /// Makes a form.
    public init(_ element: Element.Type = Element.self, _ shape: [Int?]) {
        self.shape = shape
    }

    /// For the library; a shape that it does not take has rank 0, which it refuses.
    var layout: scorer_tensor {
        var layout = scorer_tensor()
        layout.element = Element.scorerElement
        guard shape.count <= Int(SCORER_RANK_MAX) else { return layout }
        layout.rank = UInt32(shape.count)
        withUnsafeMutableBytes(of: &layout.shape) { bytes in
            let sizes = bytes.bindMemory(to: Int64.self)
            // A size of -1 would be a free dimension to the library.
            for (place, size) in shape.enumerated() {
                sizes[place] = size.map { Int64(max($0, 0)) } ?? -1
            }
        }
        return layout
    }
}
