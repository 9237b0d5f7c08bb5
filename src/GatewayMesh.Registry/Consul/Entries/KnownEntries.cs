using System.Collections.Immutable;
using System.Security.Cryptography;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>
/// The entries of one kind by their text. Consul answers a change of one entry with the whole list; an unchanged entry is not bound again
/// and keeps its compiled chains. Used on the reading thread only.
/// </summary>
internal sealed class KnownEntries
{
    private readonly Dictionary<string, (byte[] Digest, ReadEntry Entry)> _known = new(StringComparer.Ordinal);

    /// <summary>The entry with this text, or null.</summary>
    public ReadEntry? Find(string name, ReadOnlySpan<byte> text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(text, digest);
        return _known.TryGetValue(name, out var known) && digest.SequenceEqual(known.Digest) ? known.Entry : null;
    }

    /// <summary>Keeps an entry for the next list.</summary>
    public void Keep(string name, ReadOnlySpan<byte> text, ReadEntry entry)
    {
        if (!_known.TryGetValue(name, out var known) || !ReferenceEquals(known.Entry, entry))
        {
            _known[name] = (SHA256.HashData(text), entry);
        }
    }

    /// <summary>Removes all entries that are not in <paramref name="current"/>.</summary>
    public void Forget(ImmutableSortedDictionary<string, ReadEntry>.Builder current)
    {
        foreach (var gone in _known.Keys.Where(name => !current.ContainsKey(name)).ToList())
        {
            _ = _known.Remove(gone);
        }
    }
}
