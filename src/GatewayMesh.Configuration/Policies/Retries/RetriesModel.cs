using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>
/// Whether and how a failed attempt is followed by another. <see cref="On"/> says which failures; whatever it says, a request that may have been
/// processed is sent again only when its method may be sent twice: GET, HEAD, OPTIONS, TRACE, PUT, DELETE (RFC 9110 §9.2.2) and those of <see cref="Methods"/>.
/// </summary>
public sealed record RetriesModel
{
    private readonly ImmutableArray<RetryCondition> _on = RetryConditions.Default;
    private readonly uint _set = SetOf(RetryConditions.Default);

    /// <summary>The defaults.</summary>
    public static RetriesModel Default { get; } = new();

    /// <summary>The failures that are tried again. Default: <c>not-forwarded, connect-failure, refused-stream, reset</c>.</summary>
    public ImmutableArray<RetryCondition> On
    {
        get => _on;
        init
        {
            _on = value;
            _set = SetOf(value);
        }
    }

    /// <summary>What <see cref="RetryCondition.StatusCodes"/> means, 400 to 599. Default: none.</summary>
    public ImmutableArray<int> StatusCodes { get; init; } = [];

    /// <summary>Attempts of one request over all layers. Default: 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Every method may be sent twice. Default: false.</summary>
    public bool AllMethods { get; init; }

    /// <summary>Methods that may be sent twice besides the idempotent ones. Default: none.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>An instance that has failed a request may be asked again when every instance has. Default: false.</summary>
    public bool SameInstance { get; init; }

    /// <summary>How long to wait. The first retry of what was not forwarded does not wait when there is another instance.</summary>
    public BackoffModel Backoff { get; init; } = new();

    /// <summary>The longest wait that an answer may ask for by <c>Retry-After</c> (RFC 9110 §10.2.3); one that asks for more is passed on. Default: 1 s.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a request's body that are kept for another attempt; a longer body is sent once. Default: 64 KiB, as in Linkerd.</summary>
    public long BufferSize { get; init; } = 64 * 1024;

    /// <summary>How many retries there may be.</summary>
    public BudgetModel Budget { get; init; } = new();

    /// <summary>True when some answer of an application is tried again.</summary>
    [JsonIgnore]
    public bool LooksAtAnswers => _set >> (int)RetryCondition.GatewayError != 0;

    /// <summary>Whether <see cref="On"/> has it.</summary>
    public bool Has(RetryCondition condition) => (_set & (1u << (int)condition)) != 0;

    /// <summary>Whether a method that is not idempotent may be sent twice all the same.</summary>
    public bool OptsIn(string method) => AllMethods || (!Methods.IsEmpty && Methods.Contains(method));

    /// <summary>With what a rule of a router says: its conditions are added. Consul's users expect the one instance of a service to be asked again, as Envoy does.</summary>
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
