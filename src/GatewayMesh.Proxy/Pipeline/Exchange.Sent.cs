using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>What of the request is sent to an instance, and since when the instance has it.</summary>
internal sealed partial class Exchange
{
    private bool _isRefused;

    /// <summary>The method that the application sees: GET for a WebSocket on a stream of HTTP/2 (RFC 8441), which goes on as an upgrade of HTTP/1.1.</summary>
    public string Method { get; set; } = "";

    /// <summary>Why the head cannot be written for the next hop, and so nothing was sent; none otherwise.</summary>
    public MeshError Unsendable { get; set; }

    /// <summary>
    /// Timestamp from which the instance had the whole request; 0 while its body is still on the way, and where the instance did not take all of it.
    /// </summary>
    public long WorkSince => _isRefused || (!_isUploaded && !IsUpgrade && SendsAStream) ? 0 : _workSince;

    /// <summary>A slow upload is not a slow answer, and a stream of calls is no upload at all: the clock stands while the client sends, but for the caller's own.</summary>
    public void BodyBegan()
    {
        IsBodyBegun = true;
        _workSince = 0;
        if (!_isUploaded)
        {
            _attemptRules = false;
            _cutOff.CancelAfter(CallDeadline.Remaining);
        }
    }

    /// <summary>The whole body was sent: from now on the answer may take what the policy gives. A further attempt, which sends it again, gets what is left of that.</summary>
    public void BodyEnded()
    {
        _workSince = _time.GetTimestamp();
        if (_isUploaded || _answering)
        {
            return;
        }

        _isUploaded = true;
        if (Deadline.IsSet)
        {
            Deadline = Deadline.Start(_time, Route.Policy.Timeouts.Request, CallDeadline.IsSet ? CallDeadline.Remaining : null);
        }

        SetClock(Deadline.Remaining);
    }

    /// <inheritdoc/>
    public void BodyRefused() => _isRefused = true;
}
