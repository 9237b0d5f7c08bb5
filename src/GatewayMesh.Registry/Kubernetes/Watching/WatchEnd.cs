using GatewayMesh.Registry.Kubernetes.Api;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>End of one request of a watch.</summary>
/// <param name="Kind">Reason.</param>
/// <param name="Error">The error; null for an end that is none.</param>
internal readonly record struct WatchEnd(WatchEndKind Kind, ApiError? Error)
{
    /// <summary>The end that an error means.</summary>
    /// <param name="error">The error.</param>
    /// <param name="isStreamingList">True if the request was a streaming list.</param>
    public static WatchEnd Of(ApiError error, bool isStreamingList) => new(
        error.Code switch
        {
            403 or 404 => WatchEndKind.Absent,
            410 => WatchEndKind.Expired,

            // A server without the feature refuses sendInitialEvents, an older one resourceVersionMatch.
            422 when isStreamingList => WatchEndKind.Unsupported,
            _ => WatchEndKind.Failed,
        },
        error);

    /// <summary>A failure without an answer.</summary>
    public static WatchEnd Broken(string message) =>
        new(WatchEndKind.Failed, new ApiError(0, ApiError.Unreachable, ApiError.OneLine(message)));
}
