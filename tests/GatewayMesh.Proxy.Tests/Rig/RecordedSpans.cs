using System.Collections.Concurrent;
using System.Diagnostics;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>Listens to the spans of one data plane, as an exporter does.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = [];

    /// <param name="mesh">The data plane.</param>
    /// <param name="isSampled">
    /// True samples a span, false keeps it only until the end, null drops it at once; from the parent. Default: all are sampled.
    /// </param>
    public RecordedSpans(Mesh mesh, Func<ActivityContext, bool?>? isSampled = null)
    {
        var source = mesh.Plane.Activities;
        _listener = new ActivityListener
        {
            ShouldListenTo = each => ReferenceEquals(each, source),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => (isSampled?.Invoke(options.Parent) ?? true) switch
            {
                true => ActivitySamplingResult.AllDataAndRecorded,
                false => ActivitySamplingResult.AllData,
            },
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Ended spans of the kind that are recorded, once there are so many.</summary>
    public IReadOnlyList<Activity> Of(ActivityKind kind, int count)
    {
        SpinWait.SpinUntil(() => Recorded(kind).Count >= count, TimeSpan.FromSeconds(5));
        var spans = Recorded(kind);
        Assert.That(spans, Has.Count.EqualTo(count), string.Join(", ", _ended.Select(span => $"{span.Kind} {span.DisplayName}")));
        return spans;
    }

    /// <summary>The span of a hop, once there is one.</summary>
    public Activity Server() => Of(ActivityKind.Server, 1)[0];

    /// <summary>The only attempt.</summary>
    public Activity Attempt() => Of(ActivityKind.Client, 1)[0];

    /// <summary>All ended spans, recorded or not.</summary>
    public IReadOnlyCollection<Activity> All => _ended;

    public void Dispose() => _listener.Dispose();

    private List<Activity> Recorded(ActivityKind kind) => [.. _ended.Where(span => span.Kind == kind && span.Recorded)];
}
