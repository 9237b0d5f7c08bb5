using System.Collections.Frozen;
using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Headers;

/// <summary>Compiled changes to the fields of one message: received fields that are dropped, and fields written after the others.</summary>
public sealed class FieldEdit
{
    private readonly FrozenSet<string> _dropped;

    private FieldEdit(IEnumerable<string> dropped, ImmutableArray<KeyValuePair<string, string>> added)
    {
        _dropped = dropped.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        Added = added;
    }

    /// <summary>Fields written after the others, in order.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Added { get; }

    /// <summary>Compiles <paramref name="changes"/>; null if nothing changes.</summary>
    public static FieldEdit? Of(HeaderChanges? changes) => changes is null ? null : new FieldEdit(
        changes.Remove.Concat(changes.Set.Keys),
        [.. changes.Add.Where(pair => !changes.Set.Keys.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)), .. changes.Set]);

    /// <summary>Returns one edit that makes <paramref name="first"/> and then <paramref name="second"/>.</summary>
    public static FieldEdit? Join(FieldEdit? first, FieldEdit? second) =>
        first is null ? second
        : second is null ? first
        : new FieldEdit(
            first._dropped.Union(second._dropped),
            [.. first.Added.Where(pair => !second.Drops(pair.Key)), .. second.Added]);

    /// <summary>All changes as text, for the revision of the configuration.</summary>
    public override string ToString() => string.Join(
        '\n', _dropped.Order(StringComparer.Ordinal).Select(name => $"-{name}").Concat(Added.Select(pair => $"+{pair.Key}: {pair.Value}")));

    /// <summary>True if received fields named <paramref name="name"/> are dropped.</summary>
    public bool Drops(string name) => _dropped.Contains(name);
}
