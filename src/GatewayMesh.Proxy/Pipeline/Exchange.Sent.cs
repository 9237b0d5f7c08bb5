using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Data sent to an instance, and the time since the instance has the whole request.</summary>
internal sealed partial class Exchange
{
    private bool _isRefused;

    /// <summary>
    /// Method seen by the application: GET for a WebSocket on an HTTP/2 stream (RFC 8441), which is forwarded as an HTTP/1.1 upgrade.
    /// </summary>
    public string Method { get; set; } = "";

    /// <summary>Error if the head cannot be written for the next hop, so that nothing was sent; otherwise none.</summary>
    public MeshError Unsendable { get; set; }

    /// <summary>
    /// Timestamp at which the instance had the whole request; 0 while the body is being sent, and if the instance did not take the whole
    /// body.
    /// </summary>
    public long WorkSince => _isRefused || (!_isUploaded && !IsUpgrade && SendsAStream) ? 0 : _workSince;

    /// <summary>
    /// Records the start of the body. A slow upload is not a slow response, and a stream of calls is not an upload, so only the caller's
    /// own deadline runs while the client sends.
    /// </summary>
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

    /// <summary>
    /// Records the end of the body: the policy's response timeout starts now. A further attempt, which sends the body again, gets the
    /// remaining time.
    /// </summary>
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
