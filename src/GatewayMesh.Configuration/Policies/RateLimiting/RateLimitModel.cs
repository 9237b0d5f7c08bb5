using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.RateLimiting;

/// <summary>
/// A rate limit of a service: a token bucket for each combination of the parts in <see cref="By"/>. A bucket is full at first, holds at
/// most <see cref="Burst"/> tokens, and gets <see cref="Rate"/>. A request that finds too few tokens is refused with 429.
/// </summary>
public sealed record RateLimitModel
{
    /// <summary>Most rate limits of a policy: 16.</summary>
    public const int MaxLimits = 16;

    private const int MaxKeys = 8;
    private const int MaxBurst = 100_000_000;

    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(366);

    private static readonly ScalarType<RateLimitScope> Scopes =
        ScalarTypes.Word<RateLimitScope>([("node", RateLimitScope.Node), ("mesh", RateLimitScope.Mesh)]);

    private static readonly ScalarType<RateLimitMode> Modes =
        ScalarTypes.Word<RateLimitMode>([("enforce", RateLimitMode.Enforce), ("shadow", RateLimitMode.Shadow)]);

    /// <summary>Name in metrics, logs, and <c>RateLimit-Policy</c>; unique within the policy.</summary>
    public required string Name { get; init; }

    /// <summary>Parts of a request that have their own bucket. Default: none, one bucket for all requests.</summary>
    public ImmutableArray<RateLimitKey> By { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Tokens that a bucket gets, as written, such as <c>100/s</c>.</summary>
    public required string Rate { get; init; }

    /// <summary>Tokens that a bucket holds. Default: the tokens of one second, at least 1.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Nodes over which the limit holds. Default: <see cref="RateLimitScope.Node"/>.</summary>
    public RateLimitScope Scope { get; init; }

    /// <summary>Tokens that a request takes, at most <see cref="Burst"/>. Default: one.</summary>
    public RateLimitCost Cost { get => field ?? RateLimitCost.One; init; } = RateLimitCost.One;

    /// <summary>Effect of the limit. Default: <see cref="RateLimitMode.Enforce"/>.</summary>
    public RateLimitMode Mode { get; init; }

    /// <summary>Tokens per second.</summary>
    [JsonIgnore]
    public double PerSecond => RateText.PerSecond(Rate) ?? 0;

    /// <summary>Time in which an empty bucket is full again.</summary>
    [JsonIgnore]
    public TimeSpan Window => TimeSpan.FromSeconds(Burst / PerSecond);

    /// <summary>True if the buckets of <paramref name="other"/> are those of this limit, although their size or rate may differ.</summary>
    public bool HasBucketsOf(RateLimitModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Name == other.Name && Scope == other.Scope && By.AsSpan().SequenceEqual(other.By.AsSpan());
    }

    internal static ImmutableArray<RateLimitModel> Bind(MappingReader reader, string key)
    {
        var limits = reader.Items(key, Bind);
        if (limits.Length > MaxLimits)
        {
            reader.Fail(key, $"has more than {MaxLimits} limits", $"keep at most {MaxLimits}; each costs every request");
        }

        foreach (var name in limits.Select(limit => limit.Name).Where(name => name.Length > 0).CountBy(name => name)
            .Where(same => same.Value > 1).Select(same => same.Key))
        {
            reader.Fail(key, $"has two limits named {name}", "give each its own name, which metrics and clients see");
        }

        return limits;
    }

    private static RateLimitModel Bind(MappingReader reader)
    {
        var rate = reader.Required("rate", RateText.Type) ?? "1/s";
        var limit = new RateLimitModel
        {
            Name = reader.Required("name", ScalarTypes.Name) ?? "",
            By = reader.List("by", RateLimitKey.Type),
            Rate = rate,
            Burst = reader.Optional(
                "burst", ScalarTypes.Number(1, MaxBurst), Math.Max(1, (int)Math.Ceiling(RateText.PerSecond(rate) ?? 1))),
            Scope = reader.Optional("scope", Scopes, RateLimitScope.Node),
            Cost = reader.Section("cost", RateLimitCost.Bind),
            Mode = reader.Optional("mode", Modes, RateLimitMode.Enforce),
        };
        if (limit.By.Length > MaxKeys)
        {
            reader.Fail("by", $"has more than {MaxKeys} parts", $"keep at most {MaxKeys}");
        }

        if (limit.By.Distinct().Count() < limit.By.Length)
        {
            reader.Fail("by", "has the same part twice", "remove one of them");
        }

        if (limit.Burst / limit.PerSecond > MaxWindow.TotalSeconds)
        {
            reader.Fail("burst", "takes more than 366 days to arrive at this rate", "raise rate or lower burst");
        }

        if (limit.Cost.Default > limit.Burst)
        {
            reader.Fail("cost", "has a default above burst, so that every request takes the whole bucket", "raise burst or lower cost.default");
        }

        return limit;
    }
}
