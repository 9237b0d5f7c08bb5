using System.Collections.Immutable;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Owners of the fields of an object, as <c>managedFields</c> records them. Paths of leaves, with keys of list items.</summary>
/// <param name="Sets">The fields of each owner.</param>
internal sealed record FieldOwners(ImmutableDictionary<FieldOwner, ImmutableHashSet<string>> Sets)
{
    public static FieldOwners None { get; } = new(ImmutableDictionary<FieldOwner, ImmutableHashSet<string>>.Empty);

    /// <summary>The fields of one owner.</summary>
    public ImmutableHashSet<string> Of(FieldOwner owner) => Sets.GetValueOrDefault(owner) ?? [];

    /// <summary>Other owners of a field.</summary>
    public IEnumerable<FieldOwner> Others(FieldOwner owner, string path) =>
        from set in Sets
        where set.Key != owner && set.Value.Any(owned => Overlaps(owned, path))
        select set.Key;

    /// <summary>Gives <paramref name="paths"/> to one owner alone.</summary>
    public FieldOwners Taken(FieldOwner owner, IReadOnlyCollection<string> paths) => Shared(
        owner,
        paths,
        Sets.ToImmutableDictionary(
            set => set.Key,
            set => set.Key == owner
                ? set.Value
                : set.Value.Where(owned => !paths.Any(path => Overlaps(owned, path))).ToImmutableHashSet()));

    /// <summary>Sets the fields of one owner and leaves those of the others.</summary>
    public FieldOwners Replaced(FieldOwner owner, IEnumerable<string> paths) => new(Sets.SetItem(owner, [.. paths]));

    private static FieldOwners Shared(
        FieldOwner owner, IEnumerable<string> paths, ImmutableDictionary<FieldOwner, ImmutableHashSet<string>> sets) =>
        new(sets.SetItem(owner, (sets.GetValueOrDefault(owner) ?? []).Union(paths)));

    // A list that is one value for its owner is the parent of a path into it.
    private static bool Overlaps(string left, string right) =>
        left == right
        || left.StartsWith(right + ".", StringComparison.Ordinal)
        || left.StartsWith(right + "[", StringComparison.Ordinal)
        || right.StartsWith(left + ".", StringComparison.Ordinal)
        || right.StartsWith(left + "[", StringComparison.Ordinal);
}
