using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Terminal.Commands;

/// <summary>A duration on the command line. Help shows the default as users write it.</summary>
/// <param name="Value">The duration.</param>
public readonly record struct Duration(TimeSpan Value)
{
    /// <inheritdoc/>
    public override string ToString() => DurationText.Format(Value);
}
