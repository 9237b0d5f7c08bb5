namespace GatewayMesh.Proxy.Messages;

/// <summary>
/// Receives the fields of a forwarded head in order: a table, or the bytes of a head. Implemented by types that generic code takes by
/// reference, so that one set of rules serves both without allocation.
/// </summary>
internal interface IFieldSink
{
    /// <summary>Appends a line as it is.</summary>
    void Copy(FieldLine line);

    /// <summary>Appends a line.</summary>
    void Add(string name, string value);

    /// <summary>Appends a line whose value was composed on the stack.</summary>
    void Add(string name, scoped ReadOnlySpan<char> value);
}
