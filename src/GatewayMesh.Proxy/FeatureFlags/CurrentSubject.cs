using Microsoft.FeatureManagement.FeatureFilters;

namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>
/// Hands the subject of a request to the filters. An evaluation runs on one thread from begin to end, since no filter waits for anything,
/// so the subject is a value of the thread. The library's own way, a context argument, finds filters by reflection.
/// </summary>
internal sealed class CurrentSubject : ITargetingContextAccessor
{
    [ThreadStatic]
    private static FlagSubject? OfThread;

    /// <summary>Subject of the evaluation that runs on this thread; nobody outside of an evaluation.</summary>
    public static FlagSubject Value
    {
        get => OfThread ?? FlagSubject.Nobody;
        set => OfThread = value;
    }

    /// <inheritdoc/>
    public ValueTask<TargetingContext> GetContextAsync()
    {
        var subject = Value;
        return ValueTask.FromResult(new TargetingContext { UserId = subject.Bucket, Groups = subject.Groups });
    }
}
