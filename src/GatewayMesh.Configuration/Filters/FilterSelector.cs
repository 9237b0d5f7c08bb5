using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Filters;

/// <summary>Where in an instance a test looks.</summary>
/// <param name="Kind">What stands there.</param>
/// <param name="Text">The text there (a number in digits); null when its key is not there.</param>
/// <param name="Items">The items of a list, or the keys of pairs.</param>
internal sealed record FilterSelector(FilterKind Kind, Func<FilterSubject, string?> Text, Func<FilterSubject, IEnumerable<string>> Items)
{
    // Consul knows these and the mesh's own registries do not say them.
    private static readonly ImmutableArray<string> OfConsul =
        ["Checks", "Node.ID", "Node.TaggedAddresses", "Service.Connect", "Service.EnableTagOverride", "Service.Kind", "Service.Proxy", "Service.TaggedAddresses", "Service.Weights"];

    private static readonly ImmutableSortedDictionary<string, FilterSelector> Known = new Dictionary<string, FilterSelector>
    {
        ["Service.ID"] = OfText(subject => subject.Id),
        ["Service.Service"] = OfText(subject => subject.Service),
        ["Service.Address"] = OfText(subject => subject.Address),
        ["Service.Port"] = new(FilterKind.Number, subject => subject.Port.ToString(CultureInfo.InvariantCulture), _ => []),
        ["Service.Tags"] = new(FilterKind.List, _ => null, subject => subject.Tags),
        ["Service.Meta"] = new(FilterKind.Pairs, _ => null, subject => subject.Meta.Keys),
        ["Node.Node"] = OfText(subject => subject.Node),
        ["Node.Address"] = OfText(subject => subject.NodeAddress),
        ["Node.Datacenter"] = OfText(subject => subject.Datacenter),
        ["Node.Meta"] = new(FilterKind.Pairs, _ => null, subject => subject.NodeMeta.Keys),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>What <paramref name="path"/> leads to, or null and why not.</summary>
    public static FilterSelector? Find(ImmutableArray<string> path, out string error, out bool ofConsul)
    {
        var name = string.Join('.', path);
        (error, ofConsul) = ("", false);
        if (Known.TryGetValue(name, out var known))
        {
            return known;
        }

        if (path is ["Service" or "Node", "Meta", var key])
        {
            return path[0] == "Service"
                ? new(FilterKind.PairText, subject => subject.Meta.GetValueOrDefault(key), _ => [])
                : new(FilterKind.PairText, subject => subject.NodeMeta.GetValueOrDefault(key), _ => []);
        }

        ofConsul = OfConsul.Any(theirs => name == theirs || name.StartsWith($"{theirs}.", StringComparison.Ordinal));
        error = ofConsul ? $"{name} is said by Consul alone"
            : Nearest.To(name, Known.Keys) is { } near ? $"{name} is not known, did you mean {near}?"
            : $"{name} is not known; known are {string.Join(", ", Known.Keys)}, Service.Meta.KEY and Node.Meta.KEY";
        return null;
    }

    private static FilterSelector OfText(Func<FilterSubject, string> text) => new(FilterKind.Text, text, _ => []);
}
