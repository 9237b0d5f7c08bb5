namespace GatewayMesh.MeshTests.Meshes;

/// <summary>Registry of a mesh under test, as a test argument.</summary>
public enum RegistryKind
{
    /// <summary>A folder of files.</summary>
    Folder,

    /// <summary>A real Consul.</summary>
    Consul,
}
