namespace GatewayMesh.MeshTests.Meshes;

/// <summary>What a mesh under test keeps its configuration in. As an argument of a test it says what the test's mesh has.</summary>
public enum RegistryKind
{
    /// <summary>A folder of files.</summary>
    Folder,

    /// <summary>A real Consul.</summary>
    Consul,
}
