using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Files;

/// <summary>One node's file as the reader remembers it.</summary>
internal sealed class NodeState
{
    /// <summary>What the file looked like when it was last read.</summary>
    public FileStamp Stamp { get; set; }

    /// <summary>The bytes of the last reading: a touch changes only the time.</summary>
    public byte[] Content { get; set; } = [];

    /// <summary>The last good record; null while there never was one.</summary>
    public NodeRecord? Record { get; set; }

    /// <summary>When <see cref="Record"/>, or the same from its node, was last read, by the reader's own clock.</summary>
    public long RecordAt { get; set; }

    /// <summary>When <see cref="Record"/> last came to be another instance's; null: never.</summary>
    public long? ChangedHandsAt { get; set; }

    /// <summary>What is wrong with the file now.</summary>
    public ImmutableArray<ConfigError> Errors { get; set; } = [];

    /// <summary>When the file was last seen to change, by the reader's own clock.</summary>
    public long HeardAt { get; set; }

    /// <summary>Whether it changed within the time that three touches and some slack take.</summary>
    public bool Alive { get; set; } = true;
}
