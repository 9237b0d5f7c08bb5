using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>
/// <c>kind: service-resolver</c>, as in Consul: the instances of a service name, and the failover when none of them is healthy.
/// </summary>
public sealed record ServiceResolverEntry : ConfigEntry
{
    /// <summary>Key of the failover that applies to the whole service and to every subset without its own failover.</summary>
    public const string Any = "*";

    private const int LongestSubset = 63;

    private static readonly ImmutableSortedDictionary<string, SubsetEntry> NoSubsets =
        ImmutableSortedDictionary.Create<string, SubsetEntry>(StringComparer.Ordinal);

    private static readonly ImmutableSortedDictionary<string, FailoverEntry> NoFailover =
        ImmutableSortedDictionary.Create<string, FailoverEntry>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Kind => "service-resolver";

    /// <summary>Subset used when a call names none; empty for the whole service.</summary>
    public string DefaultSubset { get => field ?? ""; init; } = "";

    /// <summary>Subsets by name.</summary>
    public ImmutableSortedDictionary<string, SubsetEntry> Subsets { get => field ?? NoSubsets; init; } = NoSubsets;

    /// <summary>Destination of all calls; null for this service.</summary>
    public RedirectEntry? Redirect { get; init; }

    /// <summary>Failover while no instance is healthy, by subset name or <see cref="Any"/>.</summary>
    public ImmutableSortedDictionary<string, FailoverEntry> Failover { get => field ?? NoFailover; init; } = NoFailover;

    /// <summary>Connect timeout; null for the policy's.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Timeout of a request including all attempts; null for the policy's.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Load balancing; null for the policy's.</summary>
    public LoadBalancerEntry? LoadBalancer { get; init; }

    internal static ServiceResolverEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        _ = reader.Map("meta");
        reader.NotYet("prioritizeByLocality");
        var subsets = reader.Named("subsets", (subset, key) => BindSubset(subset, key));
        var entry = new ServiceResolverEntry
        {
            Name = name,
            Origin = origin,
            Subsets = subsets,
            DefaultSubset = reader.Optional("defaultSubset", ScalarTypes.Text, ""),
            Redirect = reader.Has("redirect") ? reader.Section("redirect", redirect => BindRedirect(redirect, name, subsets)) : null,
            Failover = reader.Named("failover", (failover, key) => BindFailover(failover, key, name, subsets)),
            ConnectTimeout = reader.OrNull("connectTimeout", GoDuration.Type) is { } connect && connect > TimeSpan.Zero ? connect : null,
            RequestTimeout = reader.OrNull("requestTimeout", GoDuration.Type) is { } request && request > TimeSpan.Zero ? request : null,
            LoadBalancer = reader.Has("loadBalancer") ? reader.Section("loadBalancer", LoadBalancerEntry.Bind) : null,
        };
        if (entry.DefaultSubset.Length > 0 && !subsets.ContainsKey(entry.DefaultSubset))
        {
            reader.Fail("defaultSubset", $"{Quoted.Of(entry.DefaultSubset)} is not declared in subsets", Known(subsets));
        }

        if (entry.Redirect is not null && !entry.Failover.IsEmpty)
        {
            reader.Fail(
                "failover",
                "conflicts with redirect",
                "remove one of them; the redirect's destination uses the failover of its own resolver");
        }

        return entry;
    }

    private static SubsetEntry BindSubset(MappingReader reader, string name)
    {
        if (name.Length is 0 or > LongestSubset
            || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || name[0] == '-'
            || name[^1] == '-')
        {
            reader.Fail(
                $"{Quoted.Of(name)} is not a valid subset name",
                "use lower-case letters, digits and '-', a letter or digit first and last, at most 63");
        }

        return SubsetEntry.Bind(reader);
    }

    private static RedirectEntry BindRedirect(MappingReader reader, string name, ImmutableSortedDictionary<string, SubsetEntry> subsets)
    {
        var redirect = RedirectEntry.Bind(reader);
        if (redirect.Service.Length + redirect.ServiceSubset.Length + redirect.Datacenter.Length == 0)
        {
            reader.Fail("is empty", "set service or datacenter");
        }
        else if (redirect.ServiceSubset.Length > 0 && redirect.Service.Length == 0)
        {
            reader.Fail("serviceSubset", "requires service", "set service, or use defaultSubset");
        }
        else if (redirect.ServiceSubset.Length > 0 && redirect.Service == name && !subsets.ContainsKey(redirect.ServiceSubset))
        {
            reader.Fail("serviceSubset", $"{Quoted.Of(redirect.ServiceSubset)} is not declared in subsets", Known(subsets));
        }

        return redirect;
    }

    private static FailoverEntry BindFailover(
        MappingReader reader, string subset, string name, ImmutableSortedDictionary<string, SubsetEntry> subsets)
    {
        var failover = FailoverEntry.Bind(reader);
        if (subset != Any && !subsets.ContainsKey(subset))
        {
            reader.Fail($"{Quoted.Of(subset)} is not declared in subsets", $"{Known(subsets)}, or '*' for all");
        }

        foreach (
            var (service, meant) in (ReadOnlySpan<(string, string)>)[
                (failover.Service, failover.ServiceSubset), .. failover.Targets.Select(target => (target.Service, target.ServiceSubset))])
        {
            if (meant.Length > 0 && (service.Length == 0 || service == name) && !subsets.ContainsKey(meant))
            {
                reader.Fail("serviceSubset", $"{Quoted.Of(meant)} is not declared in subsets", Known(subsets));
            }
        }

        return failover;
    }

    private static string Known(ImmutableSortedDictionary<string, SubsetEntry> subsets) =>
        subsets.IsEmpty ? "declare it under subsets" : $"use {string.Join(" or ", subsets.Keys)}";
}
