namespace GatewayMesh.Proxy.Messages;

/// <summary>The lines of a <see cref="FieldTable"/> in order. Valid until the next change of the table.</summary>
/// <param name="table">The table.</param>
internal readonly struct FieldLineSequence(FieldTable table)
{
    /// <summary>Starts at the first line.</summary>
    public Enumerator GetEnumerator() => new(table);

    /// <summary>Location in a sequence.</summary>
    /// <param name="table">The table.</param>
    internal struct Enumerator(FieldTable table)
    {
        private int _index = -1;

        /// <summary>The line.</summary>
        public readonly FieldLine Current => new(table, _index);

        /// <summary>Advances to the next line. Returns false at the end.</summary>
        public bool MoveNext() => ++_index < table.Count;
    }
}
