using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Policies.Faults;

/// <summary>
/// An item of <c>faults</c>: the requests that are hit, and what happens to them. Of several rules, the first that hits a request applies
/// alone.
/// </summary>
public sealed record FaultRule
{
    private static readonly ScalarType<long> Rate = ScalarTypes.Size.Where(
        bytes => bytes is >= 16 and <= 1L << 30, "is out of range", "use 16 bytes to 1GiB per second, such as 10KiB");

    /// <summary><c>name</c>: in the field <c>gatewaymesh-fault</c>, the log, and <c>explain</c>. Default: <c>faults[INDEX]</c>.</summary>
    public string Name { get => field ?? ""; init; } = "";

    /// <summary><c>share</c>: share of the matching requests that are hit, 0 to 1. Default: 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary><c>header</c>: field that a request must have; null for every request. Default: null.</summary>
    public HeaderRule? Header
    {
        get;
        init
        {
            field = value;
            // An expression with an error is read as empty; its entry is never used.
            Match = value is null or { Test: HeaderTest.Regex, Value: "" } ? null : new HeaderMatch(value);
        }
    }

    /// <summary><c>sources</c>: calling services. Default: none, which means all.</summary>
    public ImmutableArray<string> Sources { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary><c>delay</c>: time that the request waits before it is forwarded or aborted; null for none. Default: null.</summary>
    public FaultDelay? Delay { get; init; }

    /// <summary><c>abort</c>: response in place of the service's; null to forward the request. Default: null.</summary>
    public FaultAbort? Abort { get; init; }

    /// <summary>
    /// <c>slowBody</c>: pace of the response's content in bytes per second, 16 to 1 GiB; null for no pace. Default: null.
    /// </summary>
    public long? SlowBody { get; init; }

    /// <summary>Compiled <see cref="Header"/>.</summary>
    [JsonIgnore]
    public HeaderMatch? Match { get; private init; }

    /// <summary>True if the rule is about the request, before its share decides.</summary>
    /// <param name="source">Calling service; empty if unknown.</param>
    /// <param name="request">Fields of the request.</param>
    public bool IsAbout(string source, IRequestFacts request) =>
        (Sources.IsEmpty || Sources.Contains(source, StringComparer.OrdinalIgnoreCase)) && Match?.Matches(request) != false;

    /// <summary>Reads the list; null when absent.</summary>
    internal static ImmutableArray<FaultRule>? BindList(MappingReader reader, string key)
    {
        if (!reader.Has(key))
        {
            return null;
        }

        var rules = reader.Items(key, Bind);
        foreach (var name in rules.Where(rule => rule.Name.Length > 0).GroupBy(rule => rule.Name).Where(group => group.Count() > 1))
        {
            reader.Fail(key, $"has two rules named {Quoted.Of(name.Key)}", "give each rule a name of its own");
        }

        return
        [
            .. rules.Select((rule, index) => rule.Name.Length > 0
                ? rule
                : rule with { Name = string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]") }),
        ];
    }

    private static FaultRule Bind(MappingReader reader)
    {
        var rule = new FaultRule
        {
            Name = reader.Has("name") ? reader.Optional("name", ScalarTypes.Name, "") : "",
            Share = reader.Optional("share", ScalarTypes.Percent, 1),
            Header = reader.Has("header") ? reader.Section("header", HeaderRule.Bind) : null,
            Sources = reader.List("sources", ScalarTypes.Service),
            Delay = FaultDelay.Bind(reader, "delay"),
            Abort = reader.Has("abort") ? reader.Optional<FaultAbort?>("abort", FaultAbort.Type!, null) : null,
            SlowBody = reader.OrNull("slowBody", Rate),
        };
        if (!reader.Has("delay") && !reader.Has("abort") && !reader.Has("slowBody"))
        {
            reader.Fail("injects nothing", "set delay, abort or slowBody, such as delay: 100ms");
        }

        if (rule is { Abort: not null, SlowBody: not null })
        {
            reader.Fail("slowBody", "conflicts with abort, which forwards nothing", "remove one of them, or use two rules");
        }

        return rule;
    }
}
