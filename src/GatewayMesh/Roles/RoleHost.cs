namespace GatewayMesh.Roles;

/// <summary>Runs one process of the mesh.</summary>
internal static class RoleHost
{
    /// <summary>Plays the role until told to stop; the result is the exit code.</summary>
    public static int Run(RoleOptions options)
    {
        Console.Error.WriteLine($"gatewaymesh: role '{options.Role}' is not built yet");
        return 2;
    }
}
