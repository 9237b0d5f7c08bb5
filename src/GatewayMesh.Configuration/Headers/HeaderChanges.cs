using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Headers;

/// <summary>
/// Declared changes to the header fields of requests or responses (Consul: <c>HTTPHeaderModifiers</c>). Fields are removed first, then
/// added, then set, as in Envoy.
/// </summary>
public sealed record HeaderChanges
{
    /// <summary>Largest number of fields in each of the three parts: 64.</summary>
    public const int MaxFields = 64;

    /// <summary>Changes nothing.</summary>
    public static HeaderChanges None { get; } = new();

    /// <summary>Fields added to those of the same name. Default: none.</summary>
    public ImmutableSortedDictionary<string, string> Add
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init;
    } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Fields that replace all of the same name. Default: none.</summary>
    public ImmutableSortedDictionary<string, string> Set
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init;
    } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Names of removed fields. Default: none.</summary>
    public ImmutableArray<string> Remove { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>
    /// Returns changes that first make these and then <paramref name="inner"/>, as Consul merges the shares of nested splitters: for the
    /// same field, the inner value is used.
    /// </summary>
    public HeaderChanges? Merge(HeaderChanges? inner) => inner is null ? this : new HeaderChanges
    {
        Add = Add.SetItems(inner.Add),
        Set = Set.SetItems(inner.Set),
        Remove = [.. Remove.Union(inner.Remove, StringComparer.OrdinalIgnoreCase)],
    };

    /// <summary>Compares by content.</summary>
    public bool Equals(HeaderChanges? other) =>
        other is not null && Add.SequenceEqual(other.Add) && Set.SequenceEqual(other.Set) && Remove.SequenceEqual(other.Remove);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Add.Count, Set.Count, Remove.Length);

    /// <summary>Reads <c>requestHeaders</c> or <c>responseHeaders</c>; null if absent or empty.</summary>
    /// <param name="reader">Reader of the section that has the key.</param>
    /// <param name="key">The key.</param>
    internal static HeaderChanges? Bind(MappingReader reader, string key) => reader.Has(key) ? reader.Section(key, Bind) : null;

    private static HeaderChanges? Bind(MappingReader reader)
    {
        var changes = new HeaderChanges
        {
            Add = Pairs(reader, "add"),
            Set = Pairs(reader, "set"),
            Remove = reader.List("remove", HeaderName.Type),
        };
        if (changes.Remove.Length > MaxFields)
        {
            reader.Fail("remove", $"has more than {MaxFields} fields", "remove fewer fields");
        }

        return changes == None ? null : changes;
    }

    private static ImmutableSortedDictionary<string, string> Pairs(MappingReader reader, string key)
    {
        var pairs = reader.Map(key);
        if (pairs.Count > MaxFields)
        {
            reader.Fail(key, $"has more than {MaxFields} fields", "change fewer fields");
        }

        var bound = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            var readName = HeaderName.Type.Read(name);
            var readValue = HeaderName.Value.Read(value);
            if ((readName.Message ?? readValue.Message) is { } message)
            {
                reader.Fail(
                    reader.LocationOf(key),
                    $"{reader.PathOf(key)}.{name}",
                    message,
                    readName.Message is null ? readValue.Fix : readName.Fix);
                continue;
            }

            bound[readName.Value!] = readValue.Value!;
        }

        return bound.ToImmutable();
    }
}
