using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>One request at one instance, from pick to end. End it exactly once.</summary>
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

    /// <summary>The instance's live state.</summary>
    public EndpointState State { get; }

    /// <summary>The instance.</summary>
    public EndpointModel Endpoint => State.Model;

    /// <summary>True when this request is the one that tries an instance after its ejection.</summary>
    public bool IsTrial { get; }

    /// <summary>The head of an answer is there: its time is taken. At most once.</summary>
    /// <param name="workSince">
    /// Timestamp from which the instance had the whole request: what the client took to send is not the instance's time. 0: the body is still on the way, and nothing is measured.
    /// </param>
    public void Answered(long workSince)
    {
        if (workSince != 0)
        {
            State.Answered(Math.Max(_began, workSince));
        }
    }

    /// <summary>The request is over, with this evidence, and the instance had the whole request from <paramref name="workSince"/> on.</summary>
    /// <param name="outcome">What it showed.</param>
    /// <param name="workSince">Timestamp; what was waited from there says how slow the instance is at least. 0: the wait was not for the instance, or it has answered.</param>
    public void End(EndpointOutcome outcome, long workSince)
    {
        State.Report(outcome, _epoch, IsTrial);
        State.Leave(outcome, Math.Max(_began, workSince), answered: workSince == 0);
    }

    /// <summary>Says what is known so far, success or <see cref="EndpointOutcome.Alive"/> when the response head is there: a trial by a long stream must not keep the instance out.</summary>
    public void Report(EndpointOutcome outcome) => State.Report(outcome, _epoch, IsTrial);

    /// <summary>The request is over, with this evidence.</summary>
    /// <param name="outcome">What it showed.</param>
    /// <param name="answered">Whether <see cref="Answered"/> was called: when not, what it waited says how slow the instance is at least.</param>
    public void End(EndpointOutcome outcome, bool answered = false)
    {
        State.Report(outcome, _epoch, IsTrial);
        State.Leave(outcome, _began, answered);
    }
}
