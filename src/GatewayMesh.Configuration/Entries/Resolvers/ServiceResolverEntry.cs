using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary><c>kind: service-resolver</c>, as Consul has it: which instances a name stands for, and which others where those are not well.</summary>
public sealed record ServiceResolverEntry : ConfigEntry
{
    /// <summary>The failover of every subset, and of the whole service, that has no own.</summary>
    public const string Any = "*";

    private const int LongestSubset = 63;

    private static readonly ImmutableSortedDictionary<string, SubsetEntry> NoSubsets = ImmutableSortedDictionary.Create<string, SubsetEntry>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string Kind => "service-resolver";

    /// <summary>The subset that is meant where none is named; empty for the whole service.</summary>
    public string DefaultSubset { get; init; } = "";

    /// <summary>The subsets by name.</summary>
    public ImmutableSortedDictionary<string, SubsetEntry> Subsets { get; init; } = NoSubsets;

    /// <summary>Where all calls go instead; null for here.</summary>
    public RedirectEntry? Redirect { get; init; }

    /// <summary>Where calls go while nothing is well, by name of the subset, or <see cref="Any"/>.</summary>
    public ImmutableSortedDictionary<string, FailoverEntry> Failover { get; init; } = ImmutableSortedDictionary.Create<string, FailoverEntry>(StringComparer.Ordinal);

    /// <summary>Time to connect; null for the policy's.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>Time for a request with all its attempts; null for the policy's.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>How requests are shared out; null for the policy's.</summary>
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
            reader.Fail("defaultSubset", $"there is no subset {Quoted.Of(entry.DefaultSubset)} in subsets", Known(subsets));
        }

        if (entry.Redirect is not null && !entry.Failover.IsEmpty)
        {
            reader.Fail("failover", "stands beside redirect", "keep one of them; the failover of where the redirect leads is that of its own resolver");
        }

        return entry;
    }

    private static SubsetEntry BindSubset(MappingReader reader, string name)
    {
        if (name.Length is 0 or > LongestSubset || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') || name[0] == '-' || name[^1] == '-')
        {
            reader.Fail($"{Quoted.Of(name)} is not the name of a subset", "use lower-case letters, digits and '-', a letter or digit first and last, at most 63");
        }

        return SubsetEntry.Bind(reader);
    }

    private static RedirectEntry BindRedirect(MappingReader reader, string name, ImmutableSortedDictionary<string, SubsetEntry> subsets)
    {
        var redirect = RedirectEntry.Bind(reader);
        if (redirect.Service.Length + redirect.ServiceSubset.Length + redirect.Datacenter.Length == 0)
        {
            reader.Fail("is empty", "say service, or datacenter");
        }
        else if (redirect.ServiceSubset.Length > 0 && redirect.Service.Length == 0)
        {
            reader.Fail("serviceSubset", "stands without service", "say of which service, or use defaultSubset");
        }
        else if (redirect.ServiceSubset.Length > 0 && redirect.Service == name && !subsets.ContainsKey(redirect.ServiceSubset))
        {
            reader.Fail("serviceSubset", $"there is no subset {Quoted.Of(redirect.ServiceSubset)} in subsets", Known(subsets));
        }

        return redirect;
    }

    private static FailoverEntry BindFailover(MappingReader reader, string subset, string name, ImmutableSortedDictionary<string, SubsetEntry> subsets)
    {
        var failover = FailoverEntry.Bind(reader);
        if (subset != Any && !subsets.ContainsKey(subset))
        {
            reader.Fail($"there is no subset {Quoted.Of(subset)} in subsets", $"{Known(subsets)}, or '*' for all");
        }

        foreach (var (service, meant) in (ReadOnlySpan<(string, string)>)[(failover.Service, failover.ServiceSubset), .. failover.Targets.Select(target => (target.Service, target.ServiceSubset))])
        {
            if (meant.Length > 0 && (service.Length == 0 || service == name) && !subsets.ContainsKey(meant))
            {
                reader.Fail("serviceSubset", $"there is no subset {Quoted.Of(meant)} in subsets", Known(subsets));
            }
        }

        return failover;
    }

    private static string Known(ImmutableSortedDictionary<string, SubsetEntry> subsets) =>
        subsets.IsEmpty ? "declare it under subsets" : $"say {string.Join(" or ", subsets.Keys)}";
}
