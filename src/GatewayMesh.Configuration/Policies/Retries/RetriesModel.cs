using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>
/// Retries of failed attempts. <see cref="On"/> selects the failures. A request that may have been processed is retried only when its
/// method may be sent twice: GET, HEAD, OPTIONS, TRACE, PUT, DELETE (RFC 9110 §9.2.2), and <see cref="Methods"/>.
/// </summary>
public sealed record RetriesModel
{
    private readonly ImmutableArray<RetryCondition> _on = RetryConditions.Default;
    private readonly uint _set = SetOf(RetryConditions.Default);

    /// <summary>The defaults.</summary>
    public static RetriesModel Default { get; } = new();

    /// <summary>Retried failures. Default: <c>not-forwarded, connect-failure, refused-stream, reset</c>.</summary>
    public ImmutableArray<RetryCondition> On
    {
        get => _on;
        init
        {
            _on = value;
            _set = SetOf(value);
        }
    }

    /// <summary>Statuses of <see cref="RetryCondition.StatusCodes"/>, 400 to 599. Default: none.</summary>
    public ImmutableArray<int> StatusCodes { get; init; } = [];

    /// <summary>Attempts per request over all layers. Default: 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>True if every method may be sent twice. Default: false.</summary>
    public bool AllMethods { get; init; }

    /// <summary>Additional methods that may be sent twice. Default: none.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>True if a failed instance may be tried again after all others. Default: false.</summary>
    public bool SameInstance { get; init; }

    /// <summary>
    /// Wait before a retry. The first retry of a request that was not forwarded does not wait when another instance exists.
    /// </summary>
    public BackoffModel Backoff { get; init; } = new();

    /// <summary>
    /// Maximum wait that a response may request by <c>Retry-After</c> (RFC 9110 §10.2.3); a response that requests more is passed on.
    /// Default: 1 s.
    /// </summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a request body buffered for another attempt; a longer body is sent once. Default: 64 KiB, as in Linkerd.</summary>
    public long BufferSize { get; init; } = 64 * 1024;

    /// <summary>The retry budget.</summary>
    public BudgetModel Budget { get; init; } = new();

    /// <summary>True if some response of an application is retried.</summary>
    [JsonIgnore]
    public bool LooksAtAnswers => _set >> (int)RetryCondition.GatewayError != 0;

    /// <summary>True if some status of a gRPC call is retried.</summary>
    [JsonIgnore]
    public bool LooksAtGrpc => _set >> (int)RetryCondition.Cancelled != 0;

    /// <summary>True if <see cref="On"/> contains the condition.</summary>
    public bool Has(RetryCondition condition) => (_set & (1u << (int)condition)) != 0;

    /// <summary>True if a method that is not idempotent may be sent twice.</summary>
    public bool OptsIn(string method) => AllMethods || (!Methods.IsEmpty && Methods.Contains(method));

    /// <summary>
    /// Returns this model with a router rule's conditions added. The same instance may then be retried: users of Consul expect this for a
    /// service with one instance, as in Envoy.
    /// </summary>
    public RetriesModel With(RouteAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (action is { NumRetries: null, RetryOnConnectFailure: false, RetryOnStatusCodes.IsDefaultOrEmpty: true })
        {
            return this;
        }

        var on = On;
        if (action.RetryOnConnectFailure && !Has(RetryCondition.ConnectFailure))
        {
            on = on.Add(RetryCondition.ConnectFailure);
        }

        var codes = action.RetryOnStatusCodes.IsDefault ? [] : action.RetryOnStatusCodes;
        if (!codes.IsEmpty && !Has(RetryCondition.StatusCodes))
        {
            on = on.Add(RetryCondition.StatusCodes);
        }

        return this with
        {
            On = on,
            StatusCodes = [.. StatusCodes.Union(codes)],
            MaxAttempts = action.NumRetries is { } retries ? 1 + retries : MaxAttempts,
            SameInstance = true,
        };
    }

    internal RetriesModel Under(RetriesEntry entry) => this with
    {
        On = entry.On ?? On,
        StatusCodes = entry.StatusCodes ?? (entry.On is null ? StatusCodes : []),
        MaxAttempts = entry.MaxAttempts ?? MaxAttempts,
        AllMethods = entry.AllMethods ?? (AllMethods && entry.Methods is null),
        Methods = entry.Methods ?? (entry.AllMethods is null ? Methods : []),
        SameInstance = entry.SameInstance ?? SameInstance,
        Backoff = Backoff.Under(entry.Backoff),
        RetryAfterMax = entry.RetryAfterMax ?? RetryAfterMax,
        BufferSize = entry.BufferSize ?? BufferSize,
        Budget = Budget.Under(entry.Budget),
    };

    private static uint SetOf(ImmutableArray<RetryCondition> conditions)
    {
        var set = 0u;
        foreach (var condition in conditions)
        {
            set |= 1u << (int)condition;
        }

        return set;
    }
}
