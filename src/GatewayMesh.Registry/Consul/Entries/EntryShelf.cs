using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>The entries in use: of each the last good one, for as long as Consul has one of its name at all.</summary>
internal sealed class EntryShelf
{
    private readonly Dictionary<(string Kind, string Name), ConfigEntry> _good = [];
    private readonly Dictionary<string, ImmutableSortedDictionary<string, ReadEntry>> _read = [];

    /// <summary>The set; null until there was a good one.</summary>
    public EntrySet? Entries { get; private set; }

    /// <summary>What is wrong with what Consul has now.</summary>
    public ImmutableArray<ConfigError> Errors { get; private set; } = [];

    /// <summary>Takes the lists as they are now. The set stays the same object while they do.</summary>
    public void Take(IEnumerable<(string Kind, ImmutableSortedDictionary<string, ReadEntry> Read)> lists)
    {
        var changed = Entries is null;
        foreach (var (kind, read) in lists)
        {
            if (!_read.TryGetValue(kind, out var before) || before != read)
            {
                changed = true;
                _read[kind] = read;
                Keep(kind, read);
            }
        }

        if (changed)
        {
            var errors = new ConfigErrors();
            errors.AddRange(_read.Values.SelectMany(list => list.Values).SelectMany(entry => entry.Errors));
            Entries = EntrySet.From(_good.OrderBy(good => good.Key).Select(good => good.Value), errors) ?? Entries;
            Errors = errors.ToSorted();
        }
    }

    private void Keep(string kind, ImmutableSortedDictionary<string, ReadEntry> read)
    {
        foreach (var gone in _good.Keys.Where(key => key.Kind == kind && !read.ContainsKey(key.Name)).ToList())
        {
            _ = _good.Remove(gone);
        }

        foreach (var (name, entry) in read)
        {
            if (entry.Entry is { } good)
            {
                _good[(kind, name)] = good;
            }
            else if (entry.Errors.IsEmpty)
            {
                _ = _good.Remove((kind, name));
            }
        }
    }
}
