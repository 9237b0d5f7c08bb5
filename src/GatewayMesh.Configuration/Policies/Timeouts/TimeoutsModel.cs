using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies.Timeouts;

/// <summary>Timeouts of a call.</summary>
public sealed record TimeoutsModel
{
    /// <summary>The defaults.</summary>
    public static TimeoutsModel Default { get; } = new();

    /// <summary>
    /// Time for a request up to its response head, all attempts included. The clock is stopped during an upload; a streaming response body
    /// is bounded by <see cref="Idle"/>. Zero: no limit. Default: 15 s, as in Envoy.
    /// </summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Time for an attempt up to its response head, connecting included. The clock is stopped during an upload. A timeout is a failure of
    /// the instance and may be retried. Zero: no limit. Default: none.
    /// </summary>
    public TimeSpan Attempt { get; init; }

    /// <summary>Time to connect to an instance. Default: 1 s.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time without any bytes in either direction, before or after the response head, after which a request is canceled. Zero: never.
    /// Default: 5 min, as in Envoy.
    /// </summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Returns this model with a router rule's timeouts.</summary>
    public TimeoutsModel With(RouteAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return action is { RequestTimeout: null, AttemptTimeout: null }
            ? this
            : this with { Request = action.RequestTimeout ?? Request, Attempt = action.AttemptTimeout ?? Attempt };
    }

    internal TimeoutsModel Under(TimeoutsEntry entry) => this with
    {
        Request = entry.Request ?? Request,
        Attempt = entry.Attempt ?? Attempt,
        Connect = entry.Connect ?? Connect,
        Idle = entry.Idle ?? Idle,
    };
}
