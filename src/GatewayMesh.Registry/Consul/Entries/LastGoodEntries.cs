using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>The entries in use: the last good version of each entry, for as long as Consul has an entry of that name.</summary>
internal sealed class LastGoodEntries
{
    private static readonly ImmutableArray<string> Routing = [
        "proxy-defaults", "service-defaults", "service-resolver", "service-router", "service-splitter", "feature-flag"];

    private readonly Dictionary<(string Kind, string Name), ConfigEntry> _good = [];
    private readonly Dictionary<string, ImmutableSortedDictionary<string, ReadEntry>> _read = [];
    private Dictionary<(string Kind, string Name), ConfigEntry> _used = [];

    /// <summary>The entry set; null before the first good one.</summary>
    public EntrySet? Entries { get; private set; }

    /// <summary>The errors in Consul's current entries.</summary>
    public ImmutableArray<ConfigError> Errors { get; private set; } = [];

    /// <summary>Takes the current lists. The set stays the same object while the lists stay the same.</summary>
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
            Entries = Consistent(errors) ?? Entries;
            Errors = errors.ToSorted();
        }
    }

    // Kinds are read one at a time, so for a moment a splitter may exist without its resolver. Consul also accepts entries whose targets do
    // not exist here. Such an entry reverts to its last good version; if that does not help, all routing entries do. Nothing else waits.
    private EntrySet? Consistent(ConfigErrors errors)
    {
        var next = new Dictionary<(string Kind, string Name), ConfigEntry>(_good);
        while (true)
        {
            if (EntrySet.Collect(next.OrderBy(entry => entry.Key).Select(entry => entry.Value), errors, Entries) is not { } set)
            {
                return null;
            }

            var wrong = set.Chains.Errors;
            if (wrong.IsEmpty)
            {
                _used = next;
                return set;
            }

            errors.AddRange(wrong.Select(error => error.ToConfigError()));
            var named = wrong.Select(error => (error.Entry.Kind, error.Entry.Name));
            var all = next.Keys.Concat(_used.Keys).Where(key => Routing.Contains(key.Kind));
            if (!RevertAll(next, named) && !RevertAll(next, all))
            {
                return null;
            }
        }
    }

    private bool RevertAll(Dictionary<(string Kind, string Name), ConfigEntry> next, IEnumerable<(string Kind, string Name)> keys) =>
        keys.Distinct().ToList().Aggregate(false, (any, key) => Revert(next, key) || any);

    private bool Revert(Dictionary<(string Kind, string Name), ConfigEntry> next, (string Kind, string Name) key)
    {
        var used = _used.GetValueOrDefault(key);
        if (ReferenceEquals(used, next.GetValueOrDefault(key)))
        {
            return false;
        }

        if (used is null)
        {
            return next.Remove(key);
        }

        next[key] = used;
        return true;
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
