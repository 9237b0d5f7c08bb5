namespace GatewayMesh.Configuration.Naming;

/// <summary>
/// Names or addresses with their meanings; looked up by any span, without a new string. A plain dictionary: every change of an instance
/// builds new tables, which a frozen one would make slow.
/// </summary>
/// <param name="names">The names, compared without case. Owned by the table.</param>
internal sealed class NameTable(Dictionary<string, NamedPorts> names)
{
    private readonly Dictionary<string, NamedPorts>.AlternateLookup<ReadOnlySpan<char>> _lookup =
        names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Finds a name in any case; null if it is not known.</summary>
    public NamedPorts? Find(ReadOnlySpan<char> name) => _lookup.TryGetValue(name, out var ports) ? ports : null;
}
