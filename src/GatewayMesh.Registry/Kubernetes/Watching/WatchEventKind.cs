namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>Type of a line of a watch.</summary>
internal enum WatchEventKind
{
    /// <summary>An object is there.</summary>
    Added,

    /// <summary>An object has changed.</summary>
    Modified,

    /// <summary>An object is gone, or does not match the selection any more.</summary>
    Deleted,

    /// <summary>Only a <c>resourceVersion</c>, and perhaps the end of the initial events.</summary>
    Bookmark,

    /// <summary>The watch has failed; the stream ends.</summary>
    Error,

    /// <summary>A type that this version does not know. Ignored.</summary>
    Unknown,
}
