using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary><c>kind: service-policy</c>: how calls to a service are made. What is null falls to the policy named <c>*</c>, then to the defaults.</summary>
public sealed record ServicePolicyEntry : ConfigEntry
{
    /// <summary>The name of the policy that all services share.</summary>
    public const string All = "*";

    /// <inheritdoc/>
    public override string Kind => "service-policy";

    /// <summary><c>timeouts.request</c>: total time of a request, all attempts.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary><c>timeouts.connect</c>: time to connect to an instance.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary><c>retries.maxAttempts</c>: attempts of one request over all layers, 1 to 10.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary><c>ejection.consecutiveFailures</c>: failures in a row after which an instance is ejected.</summary>
    public int? EjectAfter { get; init; }

    /// <summary><c>ejection.time</c>: how long it is ejected.</summary>
    public TimeSpan? EjectFor { get; init; }

    internal static ServicePolicyEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        foreach (var key in (ReadOnlySpan<string>)["budget", "hedging", "limits", "adaptiveConcurrency", "rateLimits", "idempotency", "loadBalancing", "mirroring", "faults", "sidecarBypass"])
        {
            reader.NotYet(key);
        }

        var timeouts = reader.Section("timeouts", section => (
            Request: section.OrNull("request", ScalarTypes.Duration),
            Connect: section.OrNull("connect", ScalarTypes.Duration)));
        var ejection = reader.Section("ejection", section => (
            After: section.OrNull("consecutiveFailures", ScalarTypes.Number(1, 1000)),
            For: section.OrNull("time", ScalarTypes.Duration)));
        var policy = new ServicePolicyEntry
        {
            Name = name,
            Origin = origin,
            RequestTimeout = timeouts.Request,
            ConnectTimeout = timeouts.Connect,
            MaxAttempts = reader.Section("retries", BindRetries),
            EjectAfter = ejection.After,
            EjectFor = ejection.For,
        };
        if (policy.ConnectTimeout > policy.RequestTimeout)
        {
            reader.Fail("timeouts", "connect is longer than request", "make timeouts.request the longer one");
        }

        return policy;
    }

    private static int? BindRetries(MappingReader reader)
    {
        reader.NotYet("budget");
        return reader.OrNull("maxAttempts", ScalarTypes.Number(1, 10));
    }
}
