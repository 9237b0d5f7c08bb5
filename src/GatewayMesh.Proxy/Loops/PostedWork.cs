namespace GatewayMesh.Proxy.Loops;

/// <summary>Work that any thread hands to a loop.</summary>
/// <param name="Action">Called on the loop.</param>
/// <param name="State">Argument of the action.</param>
internal readonly record struct PostedWork(Action<object?> Action, object? State);
