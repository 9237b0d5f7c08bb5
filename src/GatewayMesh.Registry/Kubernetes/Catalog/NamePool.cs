namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>
/// Texts that many objects repeat, such as zones, nodes, and names of ports, each kept once. Bounded, because the texts come from outside.
/// For one thread at a time.
/// </summary>
internal sealed class NamePool
{
    private const int Most = 16_384;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The same text, as the same object as before if it is known.</summary>
    public string Of(string text)
    {
        if (text.Length == 0)
        {
            return "";
        }

        if (_names.TryGetValue(text, out var known))
        {
            return known;
        }

        if (_names.Count < Most)
        {
            _ = _names.Add(text);
        }

        return text;
    }
}
