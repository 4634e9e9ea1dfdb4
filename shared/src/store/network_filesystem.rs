//! Where SQLite is not safe: filesystems that several hosts share.

use std::path::Path;

/// The name of the network filesystem that holds `path`, if it is one.
///
/// # Errors
/// The filesystem can't be asked.
pub(super) fn network_filesystem(path: &Path) -> std::io::Result<Option<&'static str>> {
    let information = rustix::fs::statfs(path)?;
    // Magic numbers are 32 bits wide; on some architectures the field is wider and sign-extended.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "only the low 32 bits carry the number, and the field's type varies"
    )]
    let magic = information.f_type as u64 as u32;
    Ok(name_of_network_filesystem(magic))
}

/// Filesystems that hosts share, by the magic number of statfs(2). Those behind FUSE (sshfs, s3fs,
/// most cloud drives) can't be told apart, and none of them locks as SQLite needs it.
fn name_of_network_filesystem(magic: u32) -> Option<&'static str> {
    Some(match magic {
        0x0000_6969 => "NFS",
        0x0000_517B => "SMB",
        0xFF53_4D42 => "CIFS",
        0xFE53_4D42 => "SMB2",
        0x0BD0_0BD0 => "Lustre",
        0x4750_4653 => "GPFS",
        0x1983_0326 => "BeeGFS",
        0x00C3_6400 => "Ceph",
        0x5346_414F | 0x6B41_4653 => "AFS",
        0x7375_7245 => "Coda",
        0x0000_564C => "NCP",
        0x0102_1997 => "9p",
        0x0116_1970 => "GFS2",
        0x7461_636F => "OCFS2",
        0xAAD7_AAEA => "PanFS",
        0x2003_0528 => "OrangeFS",
        0x6573_5546 => "FUSE",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_filesystems_are_known_by_their_magic_numbers() {
        for (magic, name) in [
            (0x6969, "NFS"),
            (0xFF53_4D42, "CIFS"),
            (0xFE53_4D42, "SMB2"),
            (0x0BD0_0BD0, "Lustre"),
            (0x4750_4653, "GPFS"),
            (0x1983_0326, "BeeGFS"),
            (0x6573_5546, "FUSE"),
        ] {
            assert_eq!(name_of_network_filesystem(magic), Some(name));
        }
    }

    #[test]
    fn local_filesystems_are_accepted() {
        // ext4, xfs, btrfs, tmpfs, overlayfs, zfs, f2fs.
        for magic in [
            0xEF53,
            0x5846_5342,
            0x9123_683E,
            0x0102_1994,
            0x794C_7630,
            0x2FC1_2FC1,
            0xF2F5_2010,
        ] {
            assert_eq!(name_of_network_filesystem(magic), None, "{magic:x}");
        }
        assert_eq!(
            network_filesystem(Path::new("/proc")).expect("statfs"),
            None
        );
    }
}
