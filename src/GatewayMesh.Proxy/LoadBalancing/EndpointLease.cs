using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>One request at one instance, from selection to end. End the lease exactly once.</summary>
public readonly struct EndpointLease
{
    private readonly int _epoch;
    private readonly long _began;

    internal EndpointLease(EndpointState state, int epoch, bool isTrial, long began)
    {
        State = state;
        _epoch = epoch;
        IsTrial = isTrial;
        _began = began;
    }

    /// <summary>Live state of the instance.</summary>
    public EndpointState State { get; }

    /// <summary>The instance as last declared.</summary>
    public EndpointModel Endpoint => State.Model;

    /// <summary>True if this request is the trial of an ejected instance.</summary>
    public bool IsTrial { get; }

    /// <summary>Records the latency when the response head has arrived. Call at most once.</summary>
    /// <param name="workSince">Timestamp at which the instance had the whole request, so that the client's send time does not count. 0: the
    /// body is still being sent, and no latency is recorded.</param>
    public void Answered(long workSince)
    {
        if (workSince != 0)
        {
            State.Answered(Math.Max(_began, workSince));
        }
    }

    /// <summary>Ends the request with its evidence; the instance had the whole request from <paramref name="workSince"/> on.</summary>
    /// <param name="outcome">Evidence about the instance.</param>
    /// <param name="workSince">Timestamp; the wait since then is a lower bound of the latency. 0: the wait was not for the instance, or the
    /// instance has responded.</param>
    public void End(EndpointOutcome outcome, long workSince)
    {
        State.Report(outcome, _epoch, IsTrial);
        State.Leave(outcome, Math.Max(_began, workSince), answered: workSince == 0);
    }

    /// <summary>
    /// Reports early evidence, success or <see cref="EndpointOutcome.Alive"/>, when the response head has arrived: a long stream as the
    /// trial must not keep the instance ejected.
    /// </summary>
    public void Report(EndpointOutcome outcome) => State.Report(outcome, _epoch, IsTrial);

    /// <summary>Ends the request with its evidence.</summary>
    /// <param name="outcome">Evidence about the instance.</param>
    /// <param name="answered">True if <see cref="Answered"/> was called; otherwise the wait is a lower bound of the latency.</param>
    public void End(EndpointOutcome outcome, bool answered = false)
    {
        State.Report(outcome, _epoch, IsTrial);
        State.Leave(outcome, _began, answered);
    }
}
