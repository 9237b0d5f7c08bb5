namespace GatewayMesh.Proxy.AdaptiveConcurrency;

/// <summary>A limit with the timer that updates it.</summary>
internal sealed class RunningLimit : IDisposable
{
    private readonly ITimer _timer;

    public RunningLimit(AdaptiveLimit limit, TimeProvider time)
    {
        Limit = limit;
        _timer = time.CreateTimer(
            static state => ((AdaptiveLimit)state!).Update(), limit, limit.Model.SampleWindow, limit.Model.SampleWindow);
    }

    /// <summary>The limit.</summary>
    public AdaptiveLimit Limit { get; }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
