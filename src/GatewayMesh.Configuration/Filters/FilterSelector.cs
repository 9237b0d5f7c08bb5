using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Filters;

/// <summary>Value of an instance that a filter test compares.</summary>
/// <param name="Kind">Type of the value.</param>
/// <param name="Text">The text (a number in digits); null when the key is absent.</param>
/// <param name="Items">Items of a list, or keys of a map.</param>
internal sealed record FilterSelector(FilterKind Kind, Func<FilterSubject, string?> Text, Func<FilterSubject, IEnumerable<string>> Items)
{
    // Selectors that Consul knows and the mesh's own registries do not provide.
    private static readonly ImmutableArray<string> OfConsul =
        [
            "Checks",
            "Node.ID",
            "Node.TaggedAddresses",
            "Service.Connect",
            "Service.EnableTagOverride",
            "Service.Kind",
            "Service.Proxy",
            "Service.TaggedAddresses",
            "Service.Weights"];

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

    /// <summary>Returns the selector of <paramref name="path"/>, or null with the reason.</summary>
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
        error = ofConsul ? $"{name} is available from Consul only"
            : Nearest.To(name, Known.Keys) is { } near ? $"{name} is not a known selector; did you mean {near}?"
            : $"{name} is not a known selector; use one of {string.Join(", ", Known.Keys)}, Service.Meta.KEY or Node.Meta.KEY";
        return null;
    }

    private static FilterSelector OfText(Func<FilterSubject, string> text) => new(FilterKind.Text, text, _ => []);
}
