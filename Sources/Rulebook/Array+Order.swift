// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Looking up in lists that are kept in order of a name.
extension Array {
    /// Where the element of a name is; nothing where there is none.
    func place<Name: Comparable>(of name: Name, by path: (Element) -> Name) -> Int? {
        let place = firstPlace(notBefore: name, by: path)
        return place < endIndex && path(self[place]) == name ? place : nil
    }

    /// Where the elements of a name are, or would be.
    func range<Name: Comparable>(of name: Name, by path: (Element) -> Name) -> Range<Int> {
        let first = firstPlace(notBefore: name, by: path)
        var last = first
        while last < endIndex, path(self[last]) == name { last += 1 }
        return first..<last
    }

    /// Puts others in the place of the elements of a name.
    mutating func replace<Name: Comparable>(
        _ name: Name,
        by path: (Element) -> Name,
        with others: Self
    ) {
        let mine = range(of: name, by: path)
        replaceSubrange(mine, with: others[others.range(of: name, by: path)])
    }

    private func firstPlace<Name: Comparable>(
        notBefore name: Name,
        by path: (Element) -> Name
    ) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if path(self[middle]) < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
