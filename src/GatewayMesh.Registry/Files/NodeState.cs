using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Files;

/// <summary>The reader's state of one node's file.</summary>
internal sealed class NodeState
{
    /// <summary>The file's stamp at the last read.</summary>
    public FileStamp Stamp { get; set; }

    /// <summary>The bytes of the last read. A touch changes only the time.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>The last good record; null before the first.</summary>
    public NodeRecord? Record { get; set; }

    /// <summary>Time at which <see cref="Record"/> or an equal record of its node was last read, by the reader's own clock.</summary>
    public long RecordAt { get; set; }

    /// <summary>Time at which <see cref="Record"/> last moved to another instance; null: never.</summary>
    public long? ChangedHandsAt { get; set; }

    /// <summary>The current errors in the file.</summary>
    public ImmutableArray<ConfigError> Errors { get; set; } = [];

    /// <summary>Time of the last observed change of the file, by the reader's own clock.</summary>
    public long HeardAt { get; set; }

    /// <summary>True if the file changed within the time of three touches and some slack.</summary>
    public bool Alive { get; set; } = true;
}
